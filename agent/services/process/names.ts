import type { ServiceRecord } from '@weft/api/contract';
import { type Answer, AUTHORITATIVE_ANSWER, type Question, RECURSION_AVAILABLE } from 'dns-packet';

/** RFC 1035, section 4.1.1: what the last bits of the flags say. */
export const responseCodes = {
  noError: 0,
  formatError: 1,
  serverFailure: 2,
  noName: 3,
  notImplemented: 4,
  refused: 5,
} as const;

/** Names of a VPC are told for so long, in seconds (AWS, "DNS attributes for your VPC"). */
const timeToLive = 60;
/** The names of addresses: `ip-10-0-0-5`. */
const addressName = /^ip-(\d{1,3})-(\d{1,3})-(\d{1,3})-(\d{1,3})$/;
const reverseName = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.in-addr\.arpa$/;

/** What a VPC itself says to a question; undefined when it is about something outside. */
export interface OwnAnswer {
  readonly code: number;
  readonly answers: readonly Answer[];
}

export const answerFlags = AUTHORITATIVE_ANSWER | RECURSION_AVAILABLE;
const noName: OwnAnswer = { code: responseCodes.noName, answers: [] };

/**
 * Names of a VPC: `ip-10-0-0-5.DOMAIN` for every address of it and back, in each of its domains, and the instance's own
 * `i-….DOMAIN`. Other names of its domains, and other addresses of its networks, do not exist.
 */
export function answerForVpc(
  { dns, vpc, instance, address }: ServiceRecord,
  question: Question,
): OwnAnswer | undefined {
  const name = question.name.toLowerCase().replace(/\.$/, '');
  const reverse = reverseName.exec(name);
  if (reverse)
    return answerReverse(vpc.cidrs, dns.domains[0] as string, reverse.slice(1).reverse(), question);
  for (const domain of dns.domains) {
    if (name === domain) return { code: responseCodes.noError, answers: [] };
    if (!name.endsWith(`.${domain}`)) continue;
    const label = name.slice(0, -domain.length - 1);
    const known = label === instance?.id ? address : addressOf(label);
    if (known !== undefined && isInside(vpc.cidrs, known)) return answerWith(question, 'A', known);
    // Only the domain of the region is the VPC's alone: another one may have more names elsewhere.
    return domain === dns.domains.at(-1) ? noName : undefined;
  }
  return undefined;
}

function answerReverse(
  cidrs: readonly string[],
  domain: string,
  bytes: readonly string[],
  question: Question,
): OwnAnswer | undefined {
  const address = canonical(bytes);
  if (address === undefined || !isInside(cidrs, address)) return undefined;
  return answerWith(question, 'PTR', `ip-${address.replaceAll('.', '-')}.${domain}`);
}

/** A name that exists, but has no record of the type asked for, is answered with none (RFC 2308, section 2.2). */
function answerWith({ name, type }: Question, own: 'A' | 'PTR', data: string): OwnAnswer {
  const asked = type === own || (type as string) === 'ANY';
  return { code: responseCodes.noError, answers: asked ? [{ name, type: own, ttl: timeToLive, data }] : [] };
}

function addressOf(label: string): string | undefined {
  const found = addressName.exec(label);
  return found ? canonical(found.slice(1)) : undefined;
}

function canonical(bytes: readonly string[]): string | undefined {
  const address = bytes.join('.');
  return bytes.every((byte) => String(Number(byte)) === byte && Number(byte) <= 255) ? address : undefined;
}

/** True when the address is of one of the networks (CIDR text). */
export function isInside(cidrs: readonly string[], address: string): boolean {
  return cidrs.some((cidr) => {
    const [network = '', length = '32'] = cidr.split('/');
    const shift = 2 ** (32 - Number(length));
    return Math.floor(numberOf(network) / shift) === Math.floor(numberOf(address) / shift);
  });
}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
}
