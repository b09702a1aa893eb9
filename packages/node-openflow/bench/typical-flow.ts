import { type FlowMod, parseFlow } from '../src/index.ts';

/** What benchmarks encode and decode: five fields, a conntrack action, three set-fields. */
export const typicalFlowText =
  'table=12,priority=2000,cookie=0xfeed000100020003,tcp,metadata=0x5,reg1=0x10001,nw_dst=10.0.1.5,tp_dst=443 ' +
  'actions=ct(commit,zone=reg5[0..15],exec(set_field:0x1->ct_mark)),set_field:02:00:00:00:00:01->eth_dst,' +
  'set_field:0x7->reg2,set_field:0x9->reg3,resubmit(,13)';

export function typicalFlow(): FlowMod {
  return parseFlow(typicalFlowText);
}
