import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { FlowMod } from '../messages/flow-mod-types.ts';
import { parseFlow } from '../text/flow-parse.ts';
import { portCount, SwitchPair } from './random-switches.test-support.ts';
import { noOpenVswitch, RealSwitch } from './real-switch.test-support.ts';
import type { SimulatedMessage } from './types.ts';

const drop = { type: 'flow-mod', command: 'add', table: 0, match: [], instructions: [] } as const;

function flow(change: Partial<FlowMod>): FlowMod {
  return { ...drop, ...change };
}

const lastBucket = 0xfffffffe;
const group = { type: 'group-mod', groupType: 'all', group: 7, buckets: [] } as const;
const meter = {
  type: 'meter-mod',
  flags: ['packets'],
  meter: 7,
  bands: [{ type: 'drop', rate: 1 }],
} as const;
const option = { optionClass: 0x102, optionType: 1, optionLength: 4, index: 0 };
const mapOption = { type: 'tlv-table-mod', command: 'add', mappings: [option] } as const;

/** Messages of which the last one is refused, by the name of the error. */
const refused: readonly (readonly [error: string, ...messages: SimulatedMessage[]])[] = [
  ['OFPBMC_BAD_PREREQ', flow({ match: [{ field: 'tcp_dst', value: 80 }] })],
  ['OFPBMC_BAD_PREREQ', flow({ match: [{ field: 'ipv4_src', value: 1 }] })],
  [
    'OFPBMC_DUP_FIELD',
    flow({
      match: [
        { field: 'reg0', value: 1 },
        { field: 'reg0', value: 1 },
      ],
    }),
  ],
  ['OFPBMC_BAD_WILDCARDS', flow({ match: [{ field: 'metadata', value: 3n, mask: 1n }] })],
  ['NXFMFC_INVALID_TLV_FIELD', parseFlow('tun_metadata0=1 actions=drop')],
  ['NXFMFC_INVALID_TLV_FIELD', parseFlow('actions=set_field:1->tun_metadata0')],
  ['OFPBAC_MATCH_INCONSISTENT', parseFlow('actions=set_field:10.0.0.1->ip_dst')],
  ['OFPBAC_MATCH_INCONSISTENT', parseFlow('ip actions=set_field:80->tcp_dst')],
  ['OFPBAC_MATCH_INCONSISTENT', parseFlow('actions=set_field:4101->vlan_vid')],
  ['OFPBAC_MATCH_INCONSISTENT', parseFlow('actions=move:ip_dst[]->reg0[]')],
  ['OFPBAC_MATCH_INCONSISTENT', parseFlow('actions=pop_vlan')],
  ['OFPBAC_MATCH_INCONSISTENT', parseFlow('actions=dec_ttl')],
  ['OFPBAC_MATCH_INCONSISTENT', parseFlow('actions=ct(commit)')],
  ['OFPBAC_MATCH_INCONSISTENT', parseFlow('ip,ct_state=+inv+trk actions=ct(commit)')],
  ['OFPBAC_MATCH_INCONSISTENT', parseFlow('ip actions=resubmit(,1,ct)')],
  ['OFPBAC_MATCH_INCONSISTENT', parseFlow('ip actions=move:ct_nw_src[]->reg0[]')],
  ['OFPBAC_MATCH_INCONSISTENT', parseFlow('icmp6,icmp_type=135 actions=set_field:02:00:00:00:00:01->nd_tll')],
  ['OFPBAC_BAD_SET_ARGUMENT', parseFlow('actions=set_field:5->ct_mark')],
  ['OFPBAC_BAD_SET_ARGUMENT', parseFlow('vlan_tci=0x1000/0x1000 actions=set_field:5->vlan_vid')],
  ['OFPBAC_BAD_TAG', parseFlow('actions=push_vlan:0x8100,push_vlan:0x8100,push_vlan:0x8100')],
  ['OFPBAC_BAD_OUT_GROUP', parseFlow('actions=group:9')],
  ['OFPMMFC_INVALID_METER', parseFlow('actions=meter:9,output:1')],
  ['OFPBIC_BAD_TABLE_ID', parseFlow('table=3 actions=goto_table:3')],
  ['OFPBIC_BAD_TABLE_ID', parseFlow('table=3 actions=goto_table:2')],
  ['NXBAC_BAD_CONJUNCTION', parseFlow('actions=conjunction(1,1/2),output:1')],
  ['OFPBRC_EPERM', flow({ table: 254 })],
  ['OFPFMFC_OVERLAP', flow({ match: [{ field: 'reg0', value: 1 }] }), flow({ flags: ['check-overlap'] })],
  ['OFPGMFC_GROUP_EXISTS', { ...group, command: 'add' }, { ...group, command: 'add' }],
  ['OFPGMFC_UNKNOWN_GROUP', { ...group, command: 'modify' }],
  ['OFPGMFC_UNKNOWN_GROUP', { ...group, command: 'insert-bucket', commandBucketId: lastBucket }],
  ['OFPGMFC_BAD_BUCKET', { ...group, command: 'add' }, { ...group, command: 'insert-bucket' }],
  ['OFPGMFC_INVALID_GROUP', { ...group, groupType: 'indirect', command: 'add' }],
  [
    'OFPGMFC_UNKNOWN_BUCKET',
    { ...group, command: 'add' },
    { ...group, command: 'remove-bucket', commandBucketId: 3 },
  ],
  [
    'OFPGMFC_BUCKET_EXISTS',
    { ...group, command: 'add', buckets: [{ id: 1, actions: [] }] },
    { ...group, command: 'insert-bucket', commandBucketId: lastBucket, buckets: [{ id: 1, actions: [] }] },
  ],
  ['OFPMMFC_METER_EXISTS', { ...meter, command: 'add' }, { ...meter, command: 'add' }],
  ['OFPMMFC_UNKNOWN_METER', { ...meter, command: 'modify' }],
  ['OFPMMFC_INVALID_METER', { ...meter, command: 'add', meter: 0 }],
  ['NXTTMFC_BAD_OPT_LEN', { ...mapOption, mappings: [{ ...option, optionLength: 3 }] }],
  ['NXTTMFC_BAD_FIELD_IDX', { ...mapOption, mappings: [{ ...option, index: 64 }] }],
  ['NXTTMFC_ALREADY_MAPPED', mapOption, mapOption],
];

describe('what a switch refuses, in the simulator and in Open vSwitch', { skip: noOpenVswitch }, () => {
  let real: RealSwitch;
  before(async () => {
    real = await RealSwitch.start(portCount);
  });
  after(() => real.stop());

  refused.forEach(([error, ...messages], index) => {
    it(`${error} (${index})`, async () => {
      await real.apply([{ type: 'tlv-table-mod', command: 'clear', mappings: [] }]);
      const { refusals } = await SwitchPair.load(real, messages);
      assert.deepEqual(refusals, [...messages.slice(1).map(() => undefined), error]);
    });
  });
});
