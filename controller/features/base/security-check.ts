import type { FieldMatch } from 'node-openflow';
import {
  call,
  conntrackState,
  type Flow,
  flags,
  isIpv4,
  isIpv6,
  move,
  on,
  onFlag,
  onRegister,
  registers,
  type StageName,
  setFlag,
  tableOf,
  whole,
} from '../../pipeline/index.ts';

const peer = registers.peerIdentity;
const allowed = onFlag('allowed');
const labelToPeer = move('ct_label', peer, 32);
const commit = {
  type: 'conntrack',
  commit: true,
  zone: whole('securityZone', 16),
  exec: [move(peer, 'ct_label', 32)],
} as const;

/** The stages of one half, and those with the rules: its own, and those that decide on replies. */
type Half = Readonly<Record<'track' | 'tracked' | 'check' | 'verdict' | 'next' | 'own' | 'reply', StageName>>;

/**
 * Half of the security group machinery, the same for both halves of the pipeline. Rules always see the connection's
 * original direction, so what decides is who opened it: for packets of the direction in which it was opened the
 * `own` rules, for replies the rules of the other direction, with the other side's identity from the connection.
 */
function securityCheck(half: Half): Flow[] {
  return [isIpv4, isIpv6].flatMap((ip) => securityCheckOf(ip, half));
}

function securityCheckOf(ip: FieldMatch, { track, tracked, check, verdict, next, own, reply }: Half): Flow[] {
  const ct = (
    priority: number,
    yes: Parameters<typeof conntrackState>[0],
    no: Parameters<typeof conntrackState>[1],
  ) => ({
    priority,
    match: [ip, conntrackState(yes, no)],
  });
  return [
    {
      stage: track,
      priority: 100,
      match: [ip],
      actions: [{ type: 'conntrack', zone: whole('securityZone', 16), table: tableOf(tracked) }],
    },
    { stage: check, ...ct(100, ['inv'], []), actions: [] },
    { stage: check, ...ct(90, [], ['inv', 'rpl', 'rel']), actions: [call(own)], goto: verdict },
    { stage: check, ...ct(90, ['rel'], ['inv', 'rpl']), actions: [labelToPeer, call(own)], goto: verdict },
    { stage: check, ...ct(90, ['rpl'], ['inv']), actions: [labelToPeer, call(reply)], goto: verdict },
    {
      stage: verdict,
      priority: 100,
      match: [allowed, ip, conntrackState(['new'], ['rel', 'rpl'])],
      actions: [setFlag(flags.allowed, 0), commit],
      goto: next,
    },
    ...[conntrackState(['rpl']), conntrackState(['rel'])].map((match, index) => ({
      stage: verdict,
      priority: 90 - index,
      match: [allowed, ip, match],
      actions: [setFlag(flags.allowed, 0)],
      goto: next,
    })),
    // Identity 0 on both sides is equal in every VPC; the others have a flow for each identity.
    {
      stage: verdict,
      priority: 80,
      match: [
        allowed,
        onRegister('peerIdentity', 0),
        ip,
        conntrackState(['est'], ['rel', 'rpl']),
        on('ct_label', 0n, 0xffffffffn),
      ],
      actions: [setFlag(flags.allowed, 0)],
      goto: next,
    },
    {
      stage: verdict,
      priority: 70,
      match: [allowed, ip, conntrackState(['est'], ['rel', 'rpl'])],
      actions: [setFlag(flags.allowed, 0), commit],
      goto: next,
    },
  ];
}

/** What a sender may open, and which replies it may send. */
export const egressCheck = securityCheck({
  track: 'egress-track',
  tracked: 'egress-check',
  check: 'egress-check',
  verdict: 'egress-verdict',
  next: 'egress-acl',
  own: 'egress-rules',
  reply: 'ingress-rules',
});

/** What may come to a receiver. The network ACL stands between conntrack and the rules. */
export const ingressCheck = securityCheck({
  track: 'ingress-track',
  tracked: 'ingress-acl',
  check: 'ingress-check',
  verdict: 'ingress-verdict',
  next: 'deliver',
  own: 'ingress-rules',
  reply: 'egress-rules',
});
