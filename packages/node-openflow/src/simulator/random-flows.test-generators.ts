import fc from 'fast-check';
import { actions, instructions } from './random-actions.test-generators.ts';
import {
  conditions,
  lastRandomTable,
  type Protocol,
  protocols,
  type RandomOptions,
  small,
} from './random-matches.test-generators.ts';

/* For tests: random flow tables in the syntax of ovs-ofctl. */

function plainFlow(table: number, options: RandomOptions): fc.Arbitrary<string> {
  return fc.constantFrom(...protocols).chain((protocol) =>
    fc
      .tuple(
        fc.integer({ min: 1, max: 1000 }),
        conditions(protocol, options),
        actions(table, protocol, options),
        instructions(table),
      )
      .map(([priority, match, applied, rest]) => {
        const all = [applied, rest].filter((part) => part !== '').join(',');
        return `table=${table},priority=${priority},${match} actions=${all}`;
      }),
  );
}

/** The flow for what nothing else in the table matches. */
function lastFlow(table: number, options: RandomOptions): fc.Arbitrary<string> {
  return fc.constantFrom<Protocol>('', 'ip').chain((protocol) =>
    fc.tuple(actions(table, protocol, options), instructions(table)).map(([applied, rest]) => {
      const match = protocol === '' ? 'priority=0' : `priority=1001,${protocol}`;
      return `table=${table},${match} actions=${[applied, rest].filter((part) => part !== '').join(',')}`;
    }),
  );
}

const dimensions = [
  fc.uniqueArray(
    small.map((value) => `reg0=${value}`),
    { minLength: 1, maxLength: 6 },
  ),
  fc.uniqueArray(
    fc.constantFrom(
      'ip,nw_src=10.0.0.0/31',
      'ip,nw_src=10.0.0.1',
      'ip,nw_src=10.0.0.2/31',
      'ip',
      'ip,nw_src=10.0.0.3',
    ),
    { minLength: 1, maxLength: 4 },
  ),
  fc.uniqueArray(fc.constantFrom('in_port=1', 'in_port=2', 'in_port=3', 'metadata=0/1'), {
    minLength: 1,
    maxLength: 4,
  }),
] as const;

/** Flows of a conjunctive match, which needs one of each dimension. */
function conjunctiveFlows(table: number, id: number, options: RandomOptions): fc.Arbitrary<string[]> {
  return fc
    .tuple(
      fc.integer({ min: 1002 + id * 10, max: 1009 + id * 10 }),
      fc.constantFrom(2, 3),
      ...dimensions,
      actions(table, '', options),
    )
    .map(([priority, count, first, second, third, applied]) => {
      const parts = [first, second, third]
        .slice(0, count)
        .flatMap((matches, index) =>
          matches.map(
            (match) =>
              `table=${table},priority=${priority},${match} actions=conjunction(${id},${index + 1}/${count})`,
          ),
        );
      return [...parts, `table=${table},priority=${priority},conj_id=${id} actions=${applied}`];
    });
}

/** A set of flows for tables 0 to 4. Groups 1 and 2 exist. */
export function randomFlows(options: RandomOptions): fc.Arbitrary<string[]> {
  const tables = Array.from({ length: lastRandomTable + 1 }, (_, table) => table);
  const perTable = tables.map((table) =>
    fc
      .tuple(fc.array(plainFlow(table, options), { maxLength: 5 }), lastFlow(table, options))
      .map(([flows, last]) => [...flows, last]),
  );
  // Flows of one conjunction agree on how many dimensions it has, so that each has an id of its own.
  const conjunctions = fc.tuple(
    ...[1, 2].map((id) =>
      fc.option(
        fc.nat({ max: lastRandomTable }).chain((table) => conjunctiveFlows(table, id, options)),
        { nil: [] },
      ),
    ),
  );
  return fc
    .tuple(fc.tuple(...perTable), conjunctions)
    .map(([flows, more]) => [...flows.flat(), ...more.flat()]);
}
