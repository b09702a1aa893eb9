import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { FlowLine } from '@weft/labs/hosts';
import { encodeCookie } from '../../controller/pipeline/index.ts';
import { flowDifferences, flowTexts } from './flow-check.ts';

const cookie = (fragmentKind: number, version = 7) => encodeCookie({ fragmentKind, number: 1, version });
const flow = (of: bigint, match = '') =>
  ({ cookie: of, table: 1, priority: 2, match, actions: 'drop', text: match }) as FlowLine;
const differences = (flows: FlowLine[], wanted: [bigint, number][]) => [
  ...flowDifferences('h1', flows, new Map(wanted)),
];

it('a switch has exactly the flows that it should have, by cookie and number', () => {
  const flows = [flow(cookie(1), 'a'), flow(cookie(1), 'b')];
  assert.deepEqual(differences(flows, [[cookie(1), 2]]), []);
  assert.match(
    differences(flows, [[cookie(1), 3]]).join(),
    /2 flows instead of 3 .*fragment kind 1, number 1/,
  );
  assert.match(differences(flows, []).join(), /leaked flow .*: a/);
  const stale = differences(flows, [[cookie(1, 8), 2]]);
  assert.equal(stale.length, 2);
});

it('flows of others and learned flows are nobody’s concern', () => {
  const others = [flow(0x1234n), flow(cookie(63))];
  assert.deepEqual(differences(others, []), []);
  assert.deepEqual(flowTexts(others, new Map()), []);
  const texts = flowTexts(
    [flow(cookie(1), 'in_port=12'), flow(cookie(62), 'b')],
    new Map([['12', 'tunnel']]),
  );
  assert.deepEqual(texts, ['1 2 in_port=tunnel drop', 'marker b']);
});
