import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFlows } from './flows.ts';

const dump = `OFPST_FLOW reply (OF1.5) (xid=0x2):
 cookie=0x5746000000000001, duration=3.1s, table=4, n_packets=17, n_bytes=1666, idle_age=2, priority=200,tcp,metadata=0x7,nw_dst=10.0.0.0/24 actions=set_field:0x1->reg0,resubmit(,5)
 cookie=0x0, duration=9.9s, table=0, n_packets=0, n_bytes=0, actions=drop
 cookie=0x1, duration=9.9s, table=1, n_packets=0, n_bytes=0, reset_counts ip actions=learn(table=2,priority=5)
 cookie=0x2, duration=9.9s, table=2, n_packets=0, n_bytes=0, idle_timeout=5, hard_timeout=9, send_flow_rem priority=0 actions=NORMAL
`;

test('flows are read with their counters, match and actions', () => {
  const [first, second, third, fourth, ...others] = parseFlows(dump);
  assert.equal(others.length, 0);
  const { text, ...values } = first ?? assert.fail();
  assert.match(text, /^cookie=0x5746000000000001/);
  assert.deepEqual(values, {
    cookie: 0x5746000000000001n,
    table: 4,
    priority: 200,
    packets: 17,
    bytes: 1_666,
    match: 'tcp,metadata=0x7,nw_dst=10.0.0.0/24',
    actions: 'set_field:0x1->reg0,resubmit(,5)',
  });
  assert.deepEqual([second?.priority, second?.match, second?.actions], [32_768, '', 'drop']);
  assert.deepEqual([third?.match, third?.actions], ['ip', 'learn(table=2,priority=5)']);
  assert.deepEqual([fourth?.table, fourth?.priority, fourth?.match], [2, 0, '']);
});

test('an empty table has no flows, and anything else is refused', () => {
  assert.deepEqual(parseFlows('OFPST_FLOW reply (OF1.5) (xid=0x2):\n'), []);
  assert.throws(() => parseFlows('ovs-ofctl: something went wrong'), {
    code: 'unexpected-output',
    message: /went wrong/,
  });
});
