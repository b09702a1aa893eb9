import type { Version } from '../messages/types.ts';
import { rawApplyActions, rawFlowMod } from './raw-flow-mod.ts';
import { before15, only15 } from './sample.ts';

/** Actions and instructions that ovs-ofctl never sends, written by hand. */
export interface HandMade {
  /** The structure of the specification, or of Open vSwitch's sources, that it follows. */
  readonly structure: string;
  readonly actions?: string;
  readonly instructions?: string;
  readonly versions?: readonly Version[];
  /** As behind `actions=`. */
  readonly text: string;
  /** Open vSwitch 3.1 has it, and prints this text. */
  readonly printed: boolean;
  /** A form that is only read: it is written in another one, which says the same. */
  readonly readOnly?: boolean;
}

export const handMade: readonly HandMade[] = [
  {
    structure: 'ofp_action_generic OFPAT_COPY_TTL_OUT',
    actions: '000b000800000000',
    text: 'copy_ttl_out',
    printed: false,
  },
  {
    structure: 'ofp_action_generic OFPAT_COPY_TTL_IN',
    actions: '000c000800000000',
    text: 'copy_ttl_in',
    printed: false,
  },
  { structure: 'ofp_action_push', actions: '001a000888e70000', text: 'push_pbb:0x88e7', printed: false },
  {
    structure: 'ofp_action_generic OFPAT_POP_PBB',
    actions: '001b000800000000',
    text: 'pop_pbb',
    printed: false,
  },
  {
    structure: 'onf_action_copy_field',
    actions: 'ffff00204f4e46000c800000001000000010000000010004' + '0001020400000000',
    versions: before15,
    text: 'move:NXM_NX_REG0[0..15]->NXM_NX_REG1[16..31]',
    printed: true,
    readOnly: true,
  },
  {
    structure: 'nx_action_resubmit NXAST_RESUBMIT',
    actions: 'ffff0010000023200001000500000000',
    text: 'resubmit:5',
    printed: true,
    readOnly: true,
  },
  {
    structure: 'nx_action_set_tunnel',
    actions: 'ffff0010000023200002000000000005',
    text: 'set_tunnel:0x5',
    printed: true,
  },
  {
    structure: 'nx_action_set_tunnel64',
    actions: 'ffff00180000232000090000000000000000001122334455',
    text: 'set_tunnel64:0x1122334455',
    printed: true,
  },
  {
    structure: 'nx_action_write_metadata',
    actions: 'ffff002000002320001600000000000000000000000000050000000000000' + '0ff',
    text: 'write_metadata:0x5/0xff',
    printed: false,
  },
  {
    structure: 'nx_action_sample4',
    actions: 'ffff00280000232000330001000000020001000' + '4001f00000000000000000007ffff000000000000',
    text: 'sample(probability=1,collector_set_id=2,obs_domain_id=NXM_NX_REG0[],obs_point_id=7)',
    printed: false,
  },
  {
    structure: 'ofp_instruction_stat_trigger',
    instructions:
      '0007004800000003' +
      '0000003c' +
      '800200080000000a00000000' +
      '800202080000000100000002' +
      '8002060400000003' +
      '80020808' +
      '0000000000000007' +
      '80020a080000000000000008' +
      '00000000',
    versions: only15,
    text: 'stat_trigger(periodic,only_first,duration=10,idle_time=1.000000002,flow_count=3,packet_count=7,byte_count=8)',
    printed: false,
  },
];

/** The flow-mod that carries it. */
export function handMadeFlowMod({ actions, instructions }: HandMade, version: Version): string {
  return rawFlowMod(version, '', instructions ?? rawApplyActions(actions ?? ''));
}
