import type { FieldName } from 'node-openflow';
import { registers } from './registers.ts';

/** What is declared of one stage of the pipeline. */
export interface Stage {
  readonly name: string;
  readonly purpose: string;
  readonly matches: readonly FieldName[];
  /** Later stages that a packet may go to (by goto, or after conntrack). */
  readonly next: readonly string[];
  /** Earlier stages that a packet may start again from after conntrack: where a gateway has made another packet of it. */
  readonly back?: readonly string[];
  /** Stages that are called with resubmit and come back. */
  readonly calls?: readonly string[];
}

export const arpFields = ['eth_type', 'arp_op', 'arp_spa', 'arp_tpa', 'arp_sha'] as const;
export const ipFields = ['eth_type', 'ip_proto', 'ipv4_src', 'ipv4_dst', 'ipv6_src', 'ipv6_dst'] as const;
export const ndFields = ['icmpv6_type', 'icmpv6_code', 'nd_target', 'nd_sll'] as const;
const conntrackFields = [
  'ct_state',
  'ct_nw_src',
  'ct_nw_dst',
  'ct_ipv6_src',
  'ct_ipv6_dst',
  'ct_nw_proto',
  'ct_tp_dst',
] as const;
/** What entries of network ACLs look at: the packet itself, not the connection. */
export const aclFields = [
  registers.flags,
  'metadata',
  registers.networkAcl,
  ...ipFields,
  'tcp_dst',
  'udp_dst',
  'icmpv4_type',
  'icmpv4_code',
  'icmpv6_type',
  'icmpv6_code',
] as const;
/** What rules of security groups look at: the connection, but for ICMP, of which conntrack keeps only the request. */
export const ruleFields = [
  'metadata',
  'conj_id',
  registers.ownIdentity,
  registers.peerIdentity,
  'eth_type',
  'ip_proto',
  'icmpv4_type',
  'icmpv4_code',
  'icmpv6_type',
  'icmpv6_code',
  ...conntrackFields,
] as const;
