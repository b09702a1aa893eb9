import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Scope } from '../pipeline/index.ts';
import { cookieOf } from './messages.ts';
import { type Edit, type EditableState, global, host, vpc } from './testing/desired.ts';
import { type Branch, cookies, markers, type Rig, startRig } from './testing/rig.ts';
import { pause, until } from './testing/wait.ts';

/** One thing that happens. Numbers are taken modulo what there is to choose from. */
type Step =
  | {
      readonly do: 'put';
      readonly scope: number;
      readonly key: number;
      readonly content: number;
      readonly waits: boolean;
    }
  | { readonly do: 'remove'; readonly scope: number; readonly key: number }
  | { readonly do: 'move'; readonly host: number; readonly vpc: number }
  | { readonly do: 'cut'; readonly host: number }
  | { readonly do: 'hold' | 'release'; readonly host: number }
  | { readonly do: 'wait' };

const hosts = [1, 2, 3];
const scopes: readonly Scope[] = [global, vpc(5), vpc(6), host(1), host(2), host(3)];
const small = fc.nat({ max: 5 });
const steps = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        do: fc.constant('put' as const),
        scope: small,
        key: small,
        content: small,
        waits: fc.boolean(),
      }),
    },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('remove' as const), scope: small, key: small }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('move' as const), host: small, vpc: small }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('cut' as const), host: small }) },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constantFrom('hold' as const, 'release' as const), host: small }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const) }) },
  ),
  { minLength: 10, maxLength: 60 },
);

/** The edit that a step means in this state; undefined when it changes nothing. */
function editOf(step: Step, desired: EditableState): Edit | undefined {
  if (step.do === 'put') {
    const scope = scopes[step.scope] ?? global;
    const number = step.scope * 10 + step.key;
    const waitsFor = step.waits && scope.type === 'host' ? ['50', '10', '11', '12', '20', '21'] : [];
    return { put: { scope, key: `${number}`, number, flows: 1 + step.key, content: step.content, waitsFor } };
  }
  if (step.do === 'remove') {
    const scope = scopes[step.scope] ?? global;
    const key = `${step.scope * 10 + step.key}`;
    return desired.has(scope, key) ? { remove: { scope, key } } : undefined;
  }
  if (step.do !== 'move') return undefined;
  const hostId = `host-${hosts[step.host % hosts.length]}`;
  const scope = vpc(5 + (step.vpc % 2));
  const isThere = desired.scopesOfHost(hostId).includes(`vpc:vpc-${5 + (step.vpc % 2)}`);
  return isThere ? { unsubscribe: { hostId, scope } } : { subscribe: { hostId, scope } };
}

async function play(rig: Rig, branches: Branch[], step: Step): Promise<void> {
  if (step.do === 'wait') return pause(1);
  const edit = editOf(step, rig.desired);
  if (edit) rig.commit(edit);
  if (step.do !== 'cut' && step.do !== 'hold' && step.do !== 'release') return;
  const index = step.host % branches.length;
  const branch = branches[index];
  if (!branch) return;
  if (step.do === 'hold') branch.link.hold('barrier-reply');
  if (step.do === 'release') branch.link.release();
  if (step.do === 'cut') {
    branch.link.cut();
    branches[index] = await rig.plug(index + 1, branch.device);
    await branch.device.connect({ host: '127.0.0.1', port: branches[index].link.port });
  }
}

function assertAsDesired({ desired }: Rig, { hostId, device }: Branch): void {
  const contents = desired.scopesOfHost(hostId).flatMap((key) => desired.scope(key) ?? []);
  const wanted = contents.flatMap(({ fragments }) =>
    [...fragments.values()].flatMap(({ cookie, flowCount }) =>
      Array.from({ length: flowCount }, () => cookie),
    ),
  );
  assert.deepEqual(cookies(device), wanted.sort(), hostId);
  const marked = markers(device).map(({ cookie }) => cookie);
  assert.deepEqual(marked.sort(), contents.map(({ marker }) => cookieOf(marker)).sort(), hostId);
}

test('whatever happens, every switch ends with what it should have, and a new controller finds it so', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (list) => {
      const rig = await startRig({ limits: { gateMs: 20 } });
      const branches = [await rig.up(1), await rig.up(2), await rig.up(3)];
      for (const step of list) await play(rig, branches, step);
      for (const { link } of branches) link.release();
      rig.commit({ put: { scope: global, key: 'last', number: 99 } });
      const receipt = () => rig.southbound.applied(rig.desired.revision, 5_000);
      for (const { hostId } of branches) {
        await until(() => rig.southbound.liveness(hostId).openflow === 'up', `${hostId} to be up`);
      }
      assert.equal((await receipt()).applied, true);
      await rig.quiet(...branches);
      for (const branch of branches) assertAsDesired(rig, branch);
      await rig.stop();
      const next = await startRig({ desired: rig.desired, generationId: 2n });
      for (const { device } of branches) await next.up(Number(device.datapathId), device);
      assert.equal(next.southbound.metrics.flowModsSent, 0);
      await next.close();
      await rig.close();
    }),
    { numRuns: 25, endOnFailure: true },
  );
});
