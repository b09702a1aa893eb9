import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatGroup, formatMeter, OpenFlowError, parseFlow, parseGroup, parseMeter } from '../index.ts';

const groups = [
  'group_id=1,type=all,bucket=bucket_id:0,actions=output:1',
  'group_id=2,type=select,selection_method=hash,selection_method_param=42,fields(eth_dst,ip_dst=255.255.0.0),bucket=bucket_id:3,weight:66,actions=output:10,bucket=bucket_id:4,actions=ct(commit,nat(src=10.0.0.1)),output:11',
  'group_id=3,type=ff,bucket=bucket_id:0,watch_port:5,watch_group:6,actions=drop',
  'group_id=4,type=indirect,bucket=actions=set_field:0x5->reg0,resubmit(,7)',
  'group_id=5,type=select,selection_method=dp_hash',
];
const meters = [
  'meter=1 kbps bands=type=drop rate=1000',
  'meter=7 pktps burst stats bands=type=drop rate=1 burst_size=2 type=dscp_remark rate=10 burst_size=20 prec_level=1',
  'meter=controller kbps bands=type=drop rate=5',
];

function assertRefused(parse: () => unknown, reason: RegExp): void {
  assert.throws(parse, (error) => {
    assert.ok(error instanceof OpenFlowError);
    assert.equal(error.code, 'OPENFLOW_BAD_TEXT');
    assert.match(error.reason, reason);
    return true;
  });
}

describe('groups as text', () => {
  for (const text of groups) {
    it(`prints what it reads: ${text}`, () => assert.equal(formatGroup(parseGroup(text)), text));
  }
  it('refuses what makes no group', () => {
    assertRefused(() => parseGroup('type=all,bucket=output:1'), /group_id/);
    assertRefused(() => parseGroup('group_id=1,type=few'), /"few" is not a type/);
    assertRefused(() => parseGroup('group_id=1,type=all,nonsense=1'), /"nonsense"/);
    assertRefused(() => parseGroup('group_id=1,type=all,bucket=weight:1'), /needs actions/);
    assertRefused(
      () => parseGroup('group_id=1', 'remove-bucket'.replace('remove', 'insert') as 'insert-bucket'),
      /command_bucket_id/,
    );
  });
});

describe('meters as text', () => {
  for (const text of meters) {
    it(`prints what it reads: ${text}`, () => assert.equal(formatMeter(parseMeter(text)), text));
  }
  it('refuses what makes no meter', () => {
    assertRefused(() => parseMeter('kbps,band=type=drop,rate=1'), /no meter=/);
    assertRefused(() => parseMeter('meter=1,kbps,band=rate=1'), /begins with its type/);
    assertRefused(() => parseMeter('meter=1,kbps'), /no bands=/);
  });
});

describe('names in texts', () => {
  const options = {
    tables: new Map([['filter', 7]]),
    ports: new Map([
      ['eth0', 3],
      ['my-port', 4],
    ]),
  };
  it('stand for tables and ports', () => {
    assert.deepEqual(
      parseFlow(
        'table=filter,in_port=eth0 actions=resubmit(,filter),eth0,output:"my-port",goto_table:filter',
        'add',
        options,
      ),
      parseFlow('table=7,in_port=3 actions=resubmit(,7),3,output:4,goto_table:7'),
    );
  });
  it('are refused where they are not known', () => {
    assertRefused(() => parseFlow('table=filter actions=drop'), /table/);
    assertRefused(() => parseFlow('actions=output:eth1', 'add', options), /"eth1"/);
  });
});
