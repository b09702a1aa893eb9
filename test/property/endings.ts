import type { DropReason, Frame, Ip } from '../../controller/reference/index.ts';
import { isIp } from './fabric/frames.ts';
import type { Sent } from './rig.ts';
import type { ScriptStep } from './script.ts';

/** What may end a connection that is established. */
export const endings = [
  'a rule is removed',
  'groups change',
  'an elastic IP is released',
  'a network ACL changes',
  'a prefix list changes',
  'a peering connection is deleted',
  'a NAT gateway is deleted',
] as const;
export type Ending = (typeof endings)[number];

const byRules: readonly DropReason[] = ['egress-rules', 'ingress-rules'];
/** For what reasons packets are dropped then. */
const reasons: Readonly<Record<Ending, readonly DropReason[]>> = {
  'a rule is removed': byRules,
  'groups change': byRules,
  'an elastic IP is released': ['unknown-public-address', 'no-elastic-ip'],
  'a network ACL changes': ['egress-acl', 'ingress-acl'],
  'a prefix list changes': [...byRules, 'no-route'],
  'a peering connection is deleted': ['inactive-peering'],
  'a NAT gateway is deleted': ['detached-gateway', 'unknown-public-address'],
};

/** What an edit may end; undefined for all others. */
function endingBy(step: ScriptStep): Ending | undefined {
  if (step.do === 'remove') {
    if (step.kind === 'security-group-rule') return 'a rule is removed';
    if (step.kind === 'elastic-ip') return 'an elastic IP is released';
    if (step.kind === 'vpc-peering-connection') return 'a peering connection is deleted';
    if (step.kind === 'nat-gateway') return 'a NAT gateway is deleted';
  }
  if (step.do !== 'update') return undefined;
  if (step.kind === 'network-interface' && 'securityGroupIds' in step.spec) return 'groups change';
  if (step.kind === 'elastic-ip') return 'an elastic IP is released';
  if (step.kind === 'network-acl' || 'networkAclId' in step.spec) return 'a network ACL changes';
  return step.kind === 'prefix-list' ? 'a prefix list changes' : undefined;
}

/** A connection by its two ends, the same for both directions; undefined for what has none. */
function nameOf(content: Frame['content']): string | undefined {
  if (!isIp(content)) return undefined;
  const { source, destination, payload } = content as Ip;
  if (payload.protocol !== 'tcp' && payload.protocol !== 'udp') return undefined;
  const ends = [`${source} ${payload.sourcePort}`, `${destination} ${payload.destinationPort}`];
  return `${payload.protocol} ${ends.sort().join(' ')}`;
}

/** No more edits than this are looked at; what has been silent for longer has ended for other reasons, too. */
const mostEdits = 40;

/** Which edits have ended connections that were established: on which a reply had passed. */
export class Endings {
  readonly #edits: (Ending | undefined)[] = [];
  /** How many edits there had been when a packet of the connection last arrived. */
  readonly #established = new Map<string, number>();

  noteEdit(step: ScriptStep): void {
    this.#edits.push(endingBy(step));
  }

  /** @returns what has ended the packet's connection since it last arrived */
  note({ packet, evaluation }: Sent): readonly Ending[] {
    const { outcome, steps } = evaluation;
    const sent = nameOf(packet.content);
    if (sent === undefined) return [];
    if (outcome.type === 'dropped') return this.#endedBy(sent, outcome.reason);
    if (outcome.type !== 'delivered' && outcome.type !== 'sent-outside') return [];
    const isReply = steps.some(({ decision }) => decision.startsWith('reply packet'));
    for (const name of [sent, nameOf(outcome.frame.content)]) {
      if (name === undefined || !(isReply || this.#established.has(name))) continue;
      this.#established.set(name, this.#edits.length);
    }
    return [];
  }

  #endedBy(name: string, reason: DropReason): readonly Ending[] {
    const since = this.#established.get(name);
    if (since === undefined) return [];
    this.#established.delete(name);
    const edits = new Set(this.#edits.slice(Math.max(since, this.#edits.length - mostEdits)));
    return endings.filter((ending) => edits.has(ending) && reasons[ending].includes(reason));
  }
}
