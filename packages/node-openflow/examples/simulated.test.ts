/** Flows tried without a switch: node --test simulated.test.ts */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { parseFlow } from 'node-openflow';
import { FlowTableSimulator, formatTrace, packet } from 'node-openflow/testing';

/** Port 1 is inside: it may open connections to the outside, port 2, and only answers come back. */
const flows = [
  'table=0,ip actions=ct(table=1)',
  'table=1,priority=10,ct_state=+new+trk,ip,in_port=1 actions=ct(commit),output:2',
  'table=1,priority=10,ct_state=+est+trk,ip,in_port=1 actions=output:2',
  'table=1,priority=10,ct_state=+est+trk,ip,in_port=2 actions=output:1',
];
const [inside, outside] = ['10.0.0.1', '192.0.2.1'];
const request = packet.tcp({ src: inside, dst: outside, sourcePort: 1000, destinationPort: 80 });
const answer = packet.tcp({
  src: outside,
  dst: inside,
  sourcePort: 80,
  destinationPort: 1000,
  flags: 'syn|ack',
});

it('lets answers in, and nothing that was not asked for', () => {
  const simulator = new FlowTableSimulator();
  simulator.load(flows.map((text) => parseFlow(text)));

  const unasked = simulator.inject(answer, { inPort: 2 });
  assert.ok(unasked.dropped, formatTrace(unasked.trace));

  const asked = simulator.inject(request, { inPort: 1 });
  assert.deepEqual(
    asked.outputs.map(({ port }) => port),
    [2],
    formatTrace(asked.trace),
  );
  const answered = simulator.inject(answer, { inPort: 2 });
  assert.deepEqual(
    answered.outputs.map(({ port }) => port),
    [1],
    formatTrace(answered.trace),
  );
});
