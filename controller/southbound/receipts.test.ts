import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DecodedMessage, FlowMod } from 'node-openflow';
import { encodeMessage } from 'node-openflow';
import { global, host, vpc } from './testing/desired.ts';
import { type Branch, markers, type Rig, startRig } from './testing/rig.ts';
import { until } from './testing/wait.ts';

const flowModFailed = 5;
const tableFull = 1;

test('a revision is applied when every touched switch has answered its barrier', async () => {
  const rig = await startRig();
  const [one, two] = [await rig.up(1), await rig.up(2)];
  await rig.quiet(one, two);
  two.link.hold('barrier-reply');
  const revision = rig.commit({ put: { scope: global, key: 'g', number: 1 } });
  const missing = await rig.southbound.applied(revision, 60);
  assert.equal(missing.applied, false);
  assert.deepEqual(missing.hosts, [
    { host: 'host-1', state: 'applied' },
    { host: 'host-2', state: 'pending' },
  ]);
  assert.equal(rig.southbound.liveness('host-2').appliedRevision, 0);
  const waiting = rig.southbound.applied(revision, 2_000);
  two.link.release();
  assert.equal((await waiting).applied, true);
  assert.deepEqual(rig.southbound.liveness('host-2'), { openflow: 'up', appliedRevision: revision });
});

test('a revision that touches nobody is applied at once; one that touches one host asks only it', async () => {
  const rig = await startRig();
  const [one, two] = [await rig.up(1), await rig.up(2)];
  await rig.quiet(one, two);
  const nobody = rig.commit({ put: { scope: vpc(5), key: 'v', number: 1 } });
  assert.deepEqual(await rig.southbound.applied(nobody, 0), { revision: nobody, applied: true, hosts: [] });
  const single = rig.commit({ put: { scope: host(2), key: 'h', number: 2 } });
  assert.deepEqual(await rig.southbound.applied(single, 2_000), {
    revision: single,
    applied: true,
    hosts: [{ host: 'host-2', state: 'applied' }],
  });
});

test('a host that was removed is not asked, not even of its own removal', async () => {
  const rig = await startRig();
  const [one, two] = [await rig.up(1), await rig.up(2)];
  await rig.quiet(one, two);
  const revision = rig.commit({ put: { scope: global, key: 'g', number: 1 } });
  rig.southbound.hostRemoved('host-2');
  assert.deepEqual(await rig.southbound.applied(revision, 2_000), {
    revision,
    applied: true,
    hosts: [{ host: 'host-1', state: 'applied' }],
  });
});

test('a revision that is not there yet is waited for', async () => {
  const rig = await startRig();
  const branch = await rig.up(1);
  await rig.quiet(branch);
  const future = rig.southbound.applied(rig.desired.revision + 1, 2_000);
  assert.equal((await rig.southbound.applied(rig.desired.revision + 1, 10)).applied, false);
  const revision = rig.commit({ put: { scope: global, key: 'g', number: 1 } });
  assert.deepEqual(await future, { revision, applied: true, hosts: [{ host: 'host-1', state: 'applied' }] });
});

test('a host without connection is reported at once, and as applied when it comes back in time', async () => {
  const rig = await startRig();
  const [one, two] = [await rig.up(1), await rig.up(2)];
  await rig.quiet(one, two);
  two.link.cut();
  await until(() => rig.southbound.liveness('host-2').openflow === 'down', 'host 2 to be down');
  const revision = rig.commit({ put: { scope: global, key: 'g', number: 1 } });
  const receipt = await rig.southbound.applied(revision, 5_000);
  assert.equal(receipt.applied, false);
  assert.deepEqual(receipt.hosts, [
    { host: 'host-1', state: 'applied' },
    { host: 'host-2', state: 'disconnected' },
  ]);
  one.link.hold('barrier-reply');
  const next = rig.commit({ put: { scope: global, key: 'g', number: 1, content: 1 } });
  const waiting = rig.southbound.applied(next, 5_000);
  const again = await rig.up(2, two.device);
  await rig.quiet(again);
  one.link.release();
  assert.equal((await waiting).applied, true);
});

/** Answers the next flow-mod with an error in place of the switch. */
async function refuseNext(branch: Branch, commit: () => number): Promise<number> {
  branch.link.hold('barrier-reply');
  const refused = new Promise<FlowMod & DecodedMessage>((resolve) => {
    branch.link.onToSwitch = (message) => {
      if (message.type === 'flow-mod') resolve(message as FlowMod & DecodedMessage);
    };
  });
  const revision = commit();
  const flow = await refused;
  branch.link.onToSwitch = undefined;
  const data = encodeMessage(flow, { xid: flow.xid }).subarray(0, 64);
  branch.link.inject({ type: 'error', errorType: flowModFailed, errorCode: tableFull, data }, flow.xid);
  return revision;
}

test('a refused flow is told with its fragment, and in the receipt with its error', async () => {
  const rig = await startRig();
  const branch = await rig.up(1);
  await rig.quiet(branch);
  const revision = await refuseNext(branch, () =>
    rig.commit({ put: { scope: global, key: 'g', number: 1 } }),
  );
  await until(() => rig.rejections.length === 1, 'the rejection');
  branch.link.release();
  const receipt = await rig.southbound.applied(revision, 2_000);
  assert.equal(receipt.applied, false);
  assert.deepEqual(receipt.hosts, [{ host: 'host-1', state: 'rejected', error: 'OFPFMFC_TABLE_FULL' }]);
  const [rejection] = rig.rejections;
  assert.equal(rejection?.fragment, 'g');
  assert.equal(rejection?.scope, 'global');
  assert.equal(rejection?.cookie, rig.desired.fragment(global, 'g').cookie);
  assert.match(rejection?.errorCode ?? '', /TABLE_FULL/);
  assert.equal(rig.southbound.metrics.errors, 1);
  assert.ok(rig.log.some(({ level, message }) => level === 'error' && message.includes('refused')));
  await until(() => markers(branch.device).length === 0, 'the marker to be withdrawn');
});

test('after a refusal later revisions are applied, and the next connection is compared in full', async () => {
  const rig = await startRig();
  const branch = await rig.up(1);
  await rig.quiet(branch);
  const revision = await refuseNext(branch, () =>
    rig.commit({ put: { scope: global, key: 'g', number: 1 } }),
  );
  await until(() => rig.rejections.length === 1, 'the rejection');
  branch.link.release();
  await rig.quiet(branch);
  const next = rig.commit({ put: { scope: global, key: 'g', number: 1, content: 1 } });
  assert.equal((await rig.southbound.applied(next, 2_000)).applied, true);
  assert.equal((await rig.southbound.applied(revision, 0)).hosts[0]?.state, 'rejected', 'that stays so');
  assert.equal(markers(branch.device).length, 0);
  const dumps = rig.southbound.metrics.dumps;
  branch.link.cut();
  await until(() => rig.southbound.liveness('host-1').openflow === 'down', 'the host to be down');
  const again = await rig.up(1, branch.device);
  await rig.quiet(again);
  assert.equal(rig.southbound.metrics.dumps, dumps + 1);
  assert.equal(markers(again.device).length, 1);
});

test('only so many revisions are remembered; of older ones every host is asked', async () => {
  const rig: Rig = await startRig({ limits: { rememberedRevisions: 3 } });
  const [one, two] = [await rig.up(1), await rig.up(2)];
  const first = rig.commit({ put: { scope: host(1), key: 'h', number: 1 } });
  assert.equal((await rig.southbound.applied(first, 2_000)).hosts.length, 1);
  for (let content = 0; content < 5; content++)
    rig.commit({ put: { scope: host(1), key: 'h', number: 1, content: content + 1 } });
  await rig.quiet(one, two);
  assert.equal((await rig.southbound.applied(first, 2_000)).hosts.length, 2);
});

test('waiting calls are answered when the southbound closes', async () => {
  const rig = await startRig();
  const branch = await rig.up(1);
  await rig.quiet(branch);
  branch.link.hold('barrier-reply');
  const waiting = rig.southbound.applied(rig.commit({ put: { scope: global, key: 'g', number: 1 } }), 60_000);
  await rig.stop();
  assert.equal((await waiting).applied, false);
});
