import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeMessage, type FlowMod } from 'node-openflow';
import type { Compiler, StoredFragment } from '../../controller/compiler/index.ts';
import { features } from '../../controller/features/index.ts';
import { decodeCookie } from '../../controller/pipeline/index.ts';
import { explore } from './explore.ts';

interface Installed {
  readonly fragment: StoredFragment;
  readonly flow: FlowMod;
}

const fragmentNames = new Map(
  features.flatMap(({ fragments }) => fragments.map(({ code, name }) => [code, name])),
);
const nameOf = ({ cookie }: StoredFragment) =>
  fragmentNames.get(decodeCookie(cookie)?.fragmentKind ?? 0) as string;
/** The first of all, always: nothing gets to its flows before another fragment lets it in. */
const base = 'base';
/** The order of scopes in which a switch gets them. */
const rank = { global: 0, vpc: 1, host: 2 } as const;

/** All flows of a host. */
function* installedOn(compiler: Compiler, hostId: string): Iterable<Installed> {
  for (const key of compiler.scopesOfHost(hostId)) {
    for (const fragment of compiler.scope(key)?.fragments.values() ?? []) {
      const bytes = Buffer.from(fragment.bytes);
      for (let start = 0; start < bytes.length; ) {
        const end = start + bytes.readUInt16BE(start + 2);
        yield { fragment, flow: decodeMessage(bytes.subarray(start, end)) as FlowMod };
        start = end;
      }
    }
  }
}

/** False when no packet matches both. */
function mayMeet(a: FlowMod, b: FlowMod): boolean {
  const fields = new Map(b.match.map((one) => [one.field, one]));
  return a.match.every(({ field, value, mask }) => {
    const other = fields.get(field);
    if (!other) return true;
    const both = BigInt(mask ?? -1n) & BigInt(other.mask ?? -1n);
    return (BigInt(value) & both) === (BigInt(other.value) & both);
  });
}

/**
 * Fragments with a flow that drops what a flow of another fragment beneath it lets pass, and which a switch may get after that
 * one.
 */
function tooLate(
  compiler: Compiler,
  hostId: string,
  isFirst: (fragment: StoredFragment) => boolean,
): string[] {
  const found = new Set<string>();
  const byTable = Map.groupBy(installedOn(compiler, hostId), ({ flow }) => flow.table);
  for (const installed of byTable.values()) {
    const [drops, passes] = [true, false].map((wanted) =>
      installed.filter(({ flow }) => (flow.instructions.length === 0) === wanted),
    ) as [Installed[], Installed[]];
    for (const drop of drops) {
      if (isFirst(drop.fragment)) continue;
      const { type } = drop.fragment.scope;
      const late = passes.some(
        ({ fragment, flow }) =>
          fragment !== drop.fragment &&
          nameOf(fragment) !== base &&
          rank[type] >= rank[fragment.scope.type] &&
          (flow.priority ?? 0) < (drop.flow.priority ?? 0) &&
          mayMeet(drop.flow, flow),
      );
      if (late) found.add(nameOf(drop.fragment));
    }
  }
  return [...found];
}

/**
 * What keeps the holder of a shared address from an answer to its own question does no harm; and a NAT gateway drops what its
 * own flows have translated, which come after.
 */
const exceptions = [base, 'held-address.local', 'nat-gateway.local'];

describe('the order in which a switch gets its flows', () => {
  it('has what drops before what it drops from, in every fragment that does both and between fragments', async () => {
    const late = new Set<string>();
    const lateWithoutOrder = new Set<string>();
    for (const seed of [1, 2, 3]) {
      const packets = 120;
      let sent = 0;
      const { failure } = await explore({
        seed,
        packets,
        incrementalEvery: 0,
        async onSent(_sent, { world }) {
          if (++sent % (packets / 2) !== 0) return;
          for (const { id } of world.topology.all('host')) {
            for (const name of tooLate(world.compiler, id, ({ denies }) => denies)) late.add(name);
            for (const name of tooLate(world.compiler, id, () => false)) lateWithoutOrder.add(name);
          }
        },
      });
      assert.equal(failure, undefined);
    }
    assert.deepEqual(
      [...late].filter((name) => !exceptions.includes(name)),
      [],
    );
    for (const name of ['elastic-ip.secondary-blocks', 'vpc.peer-blocks']) {
      assert.ok(lateWithoutOrder.has(name), `${name} needs the order, and this test sees it`);
    }
  });
});
