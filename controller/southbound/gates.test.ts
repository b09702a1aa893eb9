import assert from 'node:assert/strict';
import { test } from 'node:test';
import { host, vpc } from './testing/desired.ts';
import { type Branch, cookies, markers, type Rig, startRig } from './testing/rig.ts';
import { pause, until } from './testing/wait.ts';
import { defaultLimits } from './types.ts';

const rules = { scope: vpc(5), key: 'rules', number: 1 };
const port = { scope: host(1), key: 'port', number: 2, waitsFor: ['rules'] };

/** Two hosts of one VPC. The second answers no barrier until its link is released. */
async function twoHosts(gateMs = 2_000): Promise<{ rig: Rig; source: Branch; slow: Branch }> {
  const rig = await startRig({ limits: { gateMs } });
  const source = await rig.up(1);
  const slow = await rig.up(2);
  rig.commit(
    { subscribe: { hostId: 'host-1', scope: vpc(5) } },
    { subscribe: { hostId: 'host-2', scope: vpc(5) } },
    { put: { scope: vpc(5), key: 'base', number: 9 } },
  );
  await rig.quiet(source, slow);
  return { rig, source, slow };
}

function hasPort(rig: Rig, { device }: Branch): boolean {
  return cookies(device).includes(rig.desired.fragment(host(1), 'port').cookie);
}

test('a fragment waits until the slow subscriber has confirmed what it names', async () => {
  const { rig, source, slow } = await twoHosts();
  slow.link.hold('barrier-reply');
  const revision = rig.commit({ put: rules }, { put: port });
  await until(() => cookies(slow.device).length === 2, 'the rules at the slow host');
  await pause(30);
  assert.equal(hasPort(rig, source), false);
  assert.equal(markers(source.device).length, 1, 'no marker promises the held fragment');
  const early = await rig.southbound.applied(revision, 0);
  assert.equal(early.applied, false);
  assert.deepEqual(
    new Map(early.hosts.map(({ host, state }) => [host, state])),
    new Map([
      ['host-1', 'pending'],
      ['host-2', 'pending'],
    ]),
  );
  slow.link.release();
  const receipt = await rig.southbound.applied(revision, 2_000);
  assert.equal(receipt.applied, true);
  assert.equal(hasPort(rig, source), true);
  assert.equal(markers(source.device).length, 2);
  assert.equal(rig.southbound.metrics.held, 1);
  assert.equal(rig.southbound.metrics.heldTooLong, 0);
});

test('what it names being confirmed already, a fragment goes out at once', async () => {
  const { rig, source, slow } = await twoHosts();
  rig.commit({ put: rules });
  await rig.quiet(source, slow);
  slow.link.hold('barrier-reply');
  rig.commit({ put: { scope: vpc(5), key: 'unrelated', number: 8 } });
  rig.commit({ put: port });
  await until(() => hasPort(rig, source), 'the port');
  assert.equal(rig.southbound.metrics.held, 0);
});

test('a subscriber that never confirms delays a fragment for the time limit only', async () => {
  assert.equal(defaultLimits.gateMs, 3_000);
  const { rig, source, slow } = await twoHosts(120);
  slow.link.hold('barrier-reply');
  const started = Date.now();
  rig.commit({ put: rules }, { put: port });
  await until(() => hasPort(rig, source), 'the port');
  assert.ok(Date.now() - started >= 100);
  assert.equal(rig.southbound.metrics.heldTooLong, 1);
  assert.ok(rig.log.some(({ level, message }) => level === 'warn' && message.includes('did not confirm')));
});

test('a subscriber that disconnects is waited for no longer', async () => {
  const { rig, source, slow } = await twoHosts();
  slow.link.hold('barrier-reply');
  rig.commit({ put: rules }, { put: port });
  await until(() => cookies(slow.device).length === 2, 'the rules at the slow host');
  assert.equal(hasPort(rig, source), false);
  slow.link.cut();
  await until(() => hasPort(rig, source), 'the port');
  assert.equal(rig.southbound.metrics.heldTooLong, 0);
});

test('only the newest version of a held fragment is sent, and the old one stays until then', async () => {
  const { rig, source, slow } = await twoHosts();
  rig.commit({ put: { ...port, waitsFor: [] } });
  await rig.quiet(source, slow);
  const first = rig.desired.fragment(host(1), 'port').cookie;
  slow.link.hold('barrier-reply');
  const sent = source.link.flowMods.length;
  rig.commit({ put: rules }, { put: { ...port, content: 1 } });
  const skipped = rig.desired.fragment(host(1), 'port').cookie;
  rig.commit({ put: { ...port, content: 2 } });
  await pause(30);
  assert.ok(cookies(source.device).includes(first));
  slow.link.release();
  await rig.quiet(source, slow);
  const cookie = rig.desired.fragment(host(1), 'port').cookie;
  const touched = source.link.flowMods.slice(sent).map((flow) => flow.cookie);
  assert.ok(!touched.includes(skipped));
  assert.ok(touched.includes(cookie));
  assert.ok(!cookies(source.device).includes(first));
});

test('removing a held fragment removes what the switch has of it', async () => {
  const { rig, source, slow } = await twoHosts();
  rig.commit({ put: { ...port, waitsFor: [] } });
  await rig.quiet(source, slow);
  const first = rig.desired.fragment(host(1), 'port').cookie;
  slow.link.hold('barrier-reply');
  rig.commit({ put: rules }, { put: { ...port, content: 1 } });
  const held = rig.desired.fragment(host(1), 'port').cookie;
  rig.commit({ remove: { scope: host(1), key: 'port' } });
  await until(() => !cookies(source.device).includes(first), 'the removal');
  slow.link.release();
  await rig.quiet(source, slow);
  assert.ok(!source.link.flowMods.some(({ cookie, command }) => cookie === held && command === 'add'));
});

test('rules that a commit replaces stay until those who still use them have changed over', async () => {
  const { rig, source, slow } = await twoHosts();
  rig.commit(
    { put: { scope: vpc(5), key: 'old-rules', number: 7 } },
    { put: { ...port, waitsFor: ['old-rules'] } },
  );
  await rig.quiet(source, slow);
  const old = rig.desired.fragment(vpc(5), 'old-rules').cookie;
  slow.link.hold('barrier-reply');
  rig.commit(
    { put: rules },
    { put: { ...port, content: 1 } },
    { remove: { scope: vpc(5), key: 'old-rules' } },
  );
  await pause(30);
  assert.ok(cookies(source.device).includes(old));
  assert.ok(cookies(slow.device).includes(old));
  slow.link.release();
  await rig.quiet(source, slow);
  assert.ok(hasPort(rig, source));
  assert.ok(!cookies(source.device).includes(old));
  assert.ok(!cookies(slow.device).includes(old));
  assert.equal(markers(slow.device).length, 1);
});

test('rules that come back before the others have changed over are not removed', async () => {
  const { rig, source, slow } = await twoHosts();
  const oldRules = { scope: vpc(5), key: 'old-rules', number: 7 };
  rig.commit({ put: oldRules }, { put: { ...port, waitsFor: ['old-rules'] } });
  await rig.quiet(source, slow);
  const old = rig.desired.fragment(vpc(5), 'old-rules').cookie;
  slow.link.hold('barrier-reply');
  rig.commit(
    { put: rules },
    { put: { ...port, content: 1 } },
    { remove: { scope: vpc(5), key: 'old-rules' } },
  );
  rig.commit({ put: oldRules });
  slow.link.release();
  await rig.quiet(source, slow);
  assert.ok(hasPort(rig, source));
  assert.ok(cookies(source.device).includes(old));
  assert.ok(cookies(slow.device).includes(old));
});

test('without anything held back a removal is not put off', async () => {
  const { rig, source, slow } = await twoHosts();
  rig.commit({ put: rules });
  await rig.quiet(source, slow);
  const old = rig.desired.fragment(vpc(5), 'rules').cookie;
  slow.link.hold('barrier-reply');
  rig.commit({ remove: { scope: vpc(5), key: 'rules' } });
  await until(
    () => !cookies(slow.device).includes(old) && !cookies(source.device).includes(old),
    'the removal',
  );
});
