import type { ServiceRecord } from '@weft/api/contract';
import { type Answer, AUTHORITATIVE_ANSWER, type Question, RECURSION_AVAILABLE } from 'dns-packet';
import { ipv6 } from 'node-openflow';
import type { KnownNames } from './records.ts';

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
/** Those of public addresses: `ec2-203-0-113-5`. */
const publicAddressName = /^ec2-(\d{1,3})-(\d{1,3})-(\d{1,3})-(\d{1,3})$/;
const reverseName = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.in-addr\.arpa$/;

/** What a VPC itself says to a question; undefined when it is about something outside. */
export interface OwnAnswer {
  readonly code: number;
  readonly answers: readonly Answer[];
}

export const answerFlags = AUTHORITATIVE_ANSWER | RECURSION_AVAILABLE;
const noName: OwnAnswer = { code: responseCodes.noName, answers: [] };

const failed: OwnAnswer = { code: responseCodes.serverFailure, answers: [] };

/**
 * Names of a VPC: `ip-10-0-0-5.DOMAIN` for every address of it and back, in each of its domains, and the instance's own
 * `i-….DOMAIN`, with its IPv6 addresses and back. Other names of its domains, and other addresses of its networks, do not exist; those of VPCs that it is peered
 * with do, in the domain of the region. Public names (`ec2-203-0-113-5.DOMAIN`) stand for private addresses where
 * these are known, and for the address in the name everywhere else.
 */
export async function answerForVpc(
  record: ServiceRecord,
  question: Question,
  known: KnownNames,
): Promise<OwnAnswer | undefined> {
  const name = question.name.toLowerCase().replace(/\.$/, '');
  const reverse = reverseName.exec(name);
  if (reverse) return await answerReverse(record, reverse.slice(1).reverse(), question, known);
  if (name.endsWith('.ip6.arpa')) return answerIpv6Reverse(record, name, question);
  const { dns } = record;
  const publicLabel = labelIn(name, dns.publicDomain);
  if (publicLabel !== undefined) return await answerPublic(record, publicLabel, question, known);
  for (const domain of dns.domains) {
    if (name === domain) return { code: responseCodes.noError, answers: [] };
    const label = labelIn(name, domain);
    if (label !== undefined) return await answerPrivate(record, label, domain, question, known);
  }
  return undefined;
}

/** What stands before the domain in a name of it. */
function labelIn(name: string, domain: string): string | undefined {
  return name.endsWith(`.${domain}`) ? name.slice(0, -domain.length - 1) : undefined;
}

/** The domain of the region, which every VPC has. */
const regionDomain = ({ dns }: ServiceRecord) => dns.domains.at(-1) as string;

async function answerPrivate(
  record: ServiceRecord,
  label: string,
  domain: string,
  question: Question,
  known: KnownNames,
): Promise<OwnAnswer | undefined> {
  const { vpc, instance } = record;
  if (label === instance?.id) return answerInstance(record, question);
  const address = addressOf(addressName, label);
  if (address !== undefined && isInside(vpc.cidrs, address)) return answerWith(question, 'A', address);
  // Only the domain of the region is the VPC's alone: another one may have more names elsewhere.
  if (domain !== regionDomain(record)) return undefined;
  if (address === undefined) return noName;
  const peers = await known.peersOf(vpc.number);
  if (!peers) return failed;
  return peers.some(({ cidrs }) => isInside(cidrs, address)) ? answerWith(question, 'A', address) : noName;
}

/** AWS, "Amazon EC2 instance hostname types": the name of the instance has its IPv4 address and its IPv6 addresses. */
function answerInstance({ address, ipv6Addresses = [] }: ServiceRecord, { name, type }: Question): OwnAnswer {
  const asked = (own: 'A' | 'AAAA') => type === own || (type as string) === 'ANY';
  const answer = (own: 'A' | 'AAAA') => (data: string) => ({ name, type: own, ttl: timeToLive, data });
  const answers = [
    ...(asked('A') ? [answer('A')(address)] : []),
    ...(asked('AAAA') ? ipv6Addresses.map(answer('AAAA')) : []),
  ];
  return { code: responseCodes.noError, answers };
}

/** Only the asker's own addresses are known: IPv6 addresses are public, and others may be named by DNS servers outside. */
function answerIpv6Reverse(
  { instance, dns, ipv6Addresses = [] }: ServiceRecord,
  name: string,
  question: Question,
): OwnAnswer | undefined {
  const isAsked = (address: string) => name === `${ipv6Nibbles(address)}.ip6.arpa`;
  if (!instance || !ipv6Addresses.some(isAsked)) return undefined;
  return answerWith(question, 'PTR', `${instance.id}.${dns.domains[0]}`);
}

/** The digits of an address, the last one first (RFC 3596, section 2.5). */
function ipv6Nibbles(address: string): string {
  const digits = ipv6.parse(address).toString(16).padStart(32, '0');
  return [...digits].reverse().join('.');
}

/** Names of this form are nobody's but those of public addresses; others of the domain may be known outside. */
async function answerPublic(
  { vpc }: ServiceRecord,
  label: string,
  question: Question,
  known: KnownNames,
): Promise<OwnAnswer | undefined> {
  const address = addressOf(publicAddressName, label);
  if (address === undefined) return undefined;
  const found = await known.publicNames(address);
  const own = found?.find(({ vpcId }) => vpcId === vpc.id);
  if (own) return answerWith(question, 'A', own.address);
  const peers = found?.length ? await known.peersOf(vpc.number) : [];
  if (!found || !peers) return failed;
  const allowed = new Set(peers.flatMap(({ vpcId, allowsDns }) => (allowsDns ? vpcId : [])));
  const ofPeer = found.find(({ vpcId }) => allowed.has(vpcId));
  return answerWith(question, 'A', ofPeer?.address ?? address);
}

async function answerReverse(
  record: ServiceRecord,
  bytes: readonly string[],
  question: Question,
  known: KnownNames,
): Promise<OwnAnswer | undefined> {
  const { vpc, dns } = record;
  const address = canonical(bytes);
  if (address === undefined) return undefined;
  const nameIn = (domain: string) =>
    answerWith(question, 'PTR', `ip-${address.replaceAll('.', '-')}.${domain}`);
  if (isInside(vpc.cidrs, address)) return nameIn(dns.domains[0] as string);
  const peers = await known.peersOf(vpc.number);
  if (!peers) return failed;
  return peers.some(({ cidrs }) => isInside(cidrs, address)) ? nameIn(regionDomain(record)) : undefined;
}

/** A name that exists, but has no record of the type asked for, is answered with none (RFC 2308, section 2.2). */
function answerWith({ name, type }: Question, own: 'A' | 'PTR', data: string): OwnAnswer {
  const asked = type === own || (type as string) === 'ANY';
  return { code: responseCodes.noError, answers: asked ? [{ name, type: own, ttl: timeToLive, data }] : [] };
}

function addressOf(form: RegExp, label: string): string | undefined {
  const found = form.exec(label);
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
