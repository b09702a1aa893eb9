import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FlowDescription, FlowMod, Message } from 'node-openflow';
import { TestSwitch } from 'node-openflow/testing';
import type { ScopeKey } from '../pipeline/index.ts';
import { encodeCookie } from '../pipeline/index.ts';
import { reservedKinds } from './messages.ts';
import { EditableState, global, host, vpc } from './testing/desired.ts';
import { cookies, markers, startRig, story, tamper } from './testing/rig.ts';
import { pause, until } from './testing/wait.ts';

function plant(index: number, cookie: bigint): FlowMod {
  const match = [{ field: 'reg1' as const, value: index }];
  return { type: 'flow-mod', command: 'add', table: 0, cookie, match, instructions: [] };
}

function removal({ table, priority, match }: FlowDescription): FlowMod {
  return { type: 'flow-mod', command: 'delete-strict', table, priority, match, instructions: [] };
}

/** Three scopes with one fragment of three flows each; host 1 has all of them. */
function smallNetwork(): EditableState {
  const desired = new EditableState();
  desired.commit(
    { put: { scope: global, key: 'g', number: 1, flows: 3 } },
    { put: { scope: vpc(5), key: 'v', number: 2, flows: 3 } },
    { put: { scope: host(1), key: 'h', number: 3, flows: 3 } },
    { subscribe: { hostId: 'host-1', scope: vpc(5) } },
  );
  return desired;
}

test('an empty switch gets everything, from the widest scope to the narrowest, markers last', async () => {
  const rig = await startRig({ desired: smallNetwork() });
  const { device, link } = await rig.up(1);
  await rig.quiet({ hostId: 'host-1', device, link });
  assert.equal(device.flowCount, 9 + 3);
  assert.equal(markers(device).length, 3);
  const tables = link.flowMods.map(({ table }) => table);
  assert.equal(new Set(tables.slice(0, 3)).size, 1);
  assert.deepEqual(story(link.flowMods).slice(9), ['marker', 'marker', 'marker']);
  const [g, v, h] = [
    rig.desired.fragment(global, 'g'),
    rig.desired.fragment(vpc(5), 'v'),
    rig.desired.fragment(host(1), 'h'),
  ];
  assert.deepEqual(
    link.flowMods.slice(0, 9).map(({ cookie }) => cookie),
    [g, g, g, v, v, v, h, h, h].map(({ cookie }) => cookie),
  );
  assert.equal(rig.southbound.metrics.resyncs, 1);
  assert.equal(rig.southbound.metrics.skippedScopes, 0);
});

test('what only drops comes first to an empty switch, and goes last from one that has too much', async () => {
  const desired = smallNetwork();
  desired.commit({ put: { scope: host(1), key: 'drops', number: 4, flows: 2, actions: [] } });
  const drops = desired.fragment(host(1), 'drops').cookie;
  const passing = [desired.fragment(vpc(5), 'v'), desired.fragment(host(1), 'h')].map(({ cookie }) => cookie);
  const rig = await startRig({ desired });
  const branch = await rig.up(1);
  await rig.quiet(branch);
  assert.deepEqual(
    branch.link.flowMods.slice(0, 2).map(({ cookie }) => cookie),
    [drops, drops],
  );
  branch.link.cut();
  await until(() => rig.southbound.liveness('host-1').openflow === 'down', 'the host to be down');
  rig.commit(
    { remove: { scope: host(1), key: 'drops' } },
    { remove: { scope: host(1), key: 'h' } },
    { remove: { scope: vpc(5), key: 'v' } },
  );
  const again = await rig.up(1, branch.device);
  await rig.quiet(again);
  const deleted = again.link.flowMods.map(({ cookie }) => cookie);
  for (const one of passing) {
    assert.ok(deleted.includes(one) && deleted.indexOf(one) < deleted.indexOf(drops), deleted.join());
  }
});

test('a switch with equal markers gets nothing and is not dumped, also from a new controller', async () => {
  const desired = smallNetwork();
  const first = await startRig({ desired });
  const branch = await first.up(1);
  await first.quiet(branch);
  await first.stop();
  const second = await startRig({ desired, generationId: 2n });
  const before = branch.device.flowModCount;
  const again = await second.up(1, branch.device);
  assert.equal(branch.device.flowModCount, before);
  const dumps = again.link.toSwitch.filter((message) => message.type === 'multipart-request');
  assert.equal(dumps.length, 1, 'only the markers are asked for');
  assert.equal(second.southbound.metrics.skippedScopes, 3);
  assert.equal(second.southbound.metrics.dumps, 0);
  assert.equal(
    again.link.toSwitch.some(({ type }) => type === 'barrier-request'),
    false,
  );
  const receipt = await second.southbound.applied(desired.revision, 1000);
  assert.deepEqual(receipt.hosts, [{ host: 'host-1', state: 'applied' }]);
});

test('only what changed while the switch was away is sent, and what became stale is deleted afterwards', async () => {
  const rig = await startRig({ desired: smallNetwork() });
  const branch = await rig.up(1);
  await rig.quiet(branch);
  const oldVpc = rig.desired.fragment(vpc(5), 'v').cookie;
  branch.link.cut();
  await until(() => rig.southbound.liveness('host-1').openflow === 'down', 'the host to be down');
  rig.commit(
    { put: { scope: vpc(5), key: 'v', number: 2, flows: 2, content: 1 } },
    { put: { scope: host(1), key: 'new', number: 4 } },
    { remove: { scope: host(1), key: 'h' } },
  );
  const again = await rig.up(1, branch.device);
  await rig.quiet(again);
  const v = rig.desired.fragment(vpc(5), 'v').cookie;
  const added = again.link.flowMods.filter(({ command }) => command === 'add');
  assert.equal(again.link.flowMods[0]?.command, 'delete');
  assert.deepEqual(story(added), [
    `add ${v.toString(16)}`,
    `add ${v.toString(16)}`,
    `add ${rig.desired.fragment(host(1), 'new').cookie.toString(16)}`,
    'marker',
    'marker',
  ]);
  assert.deepEqual(
    story(again.link.flowMods).slice(0, 2),
    ['marker', 'marker'],
    'they promise nothing meanwhile',
  );
  const deletions = again.link.flowMods.filter(({ command }) => command === 'delete');
  assert.ok(deletions.every(({ cookieMask }) => cookieMask === 0xffff_ffff_ffff_ffffn));
  assert.ok(deletions.some(({ cookie }) => cookie === oldVpc));
  const lastAddition = story(again.link.flowMods).lastIndexOf(`add ${v.toString(16)}`);
  const firstRemoval = again.link.flowMods.findIndex(
    ({ command, cookie }) => command === 'delete' && cookie === oldVpc,
  );
  assert.ok(lastAddition < firstRemoval, 'additions come before removals');
  assert.equal(again.device.flowCount, 3 + 2 + 1 + 3);
  assert.equal(rig.southbound.metrics.skippedScopes, 1);
});

test('meters of fragments that went meanwhile go, those that are wanted and those of others stay', async () => {
  const rig = await startRig();
  const branch = await rig.up(1);
  const meter = (number: number): { before: Message[] } => ({
    before: [{ type: 'meter-mod', command: 'add', flags: ['packets'], meter: number, bands: [] }],
  });
  rig.commit(
    { put: { scope: host(1), key: 'stays', number: 1, ...meter(4) } },
    { put: { scope: host(1), key: 'goes', number: 2, ...meter(6) } },
    { put: { scope: host(1), key: 'not from us', number: 3, ...meter(100_000) } },
  );
  await rig.quiet(branch);
  const meters = () => branch.device.meters.map((one) => one.meter);
  assert.deepEqual(meters(), [4, 6, 100_000]);
  branch.link.cut();
  await until(() => rig.southbound.liveness('host-1').openflow === 'down', 'the host to be down');
  rig.commit({ remove: { scope: host(1), key: 'goes' } }, { remove: { scope: host(1), key: 'not from us' } });
  await rig.quiet(await rig.up(1, branch.device));
  assert.deepEqual(meters(), [4, 100_000]);
});

test('flows of others and learned flows stay, stale flows of ours go', async () => {
  const rig = await startRig({ desired: smallNetwork() });
  const device = new TestSwitch({ datapathId: 1n });
  const foreign = 0x1234n;
  const learned = encodeCookie({ fragmentKind: reservedKinds.learned, number: 7, version: 0 });
  const stale = encodeCookie({ fragmentKind: 30, number: 7, version: 9 });
  const staleMarker = encodeCookie({ fragmentKind: reservedKinds.vpcMarker, number: 99, version: 1 });
  const planted = [foreign, learned, stale, staleMarker].map((cookie, index) => plant(index, cookie));
  await tamper(device, ...planted);
  const branch = await rig.up(1, device);
  await rig.quiet(branch);
  const left = cookies(device);
  assert.ok(left.includes(foreign));
  assert.ok(left.includes(learned));
  assert.ok(!left.includes(stale));
  assert.equal(
    markers(device).some(({ cookie }) => cookie === staleMarker),
    false,
  );
  assert.equal(device.flowCount, 9 + 3 + 2);
});

test('a fragment of which a flow is missing is sent again', async () => {
  const desired = smallNetwork();
  const first = await startRig({ desired });
  const branch = await first.up(1);
  await first.quiet(branch);
  await first.stop();
  const { cookie } = desired.fragment(vpc(5), 'v');
  const [victim] = branch.device.flows().filter((flow) => flow.cookie === cookie);
  const [marker] = markers(branch.device);
  assert.ok(victim && marker);
  await tamper(branch.device, removal(victim), removal(marker));
  const second = await startRig({ desired, generationId: 2n });
  const again = await second.up(1, branch.device);
  await second.quiet(again);
  assert.equal(branch.device.flowCount, 12);
  const added = again.link.flowMods.filter((flow) => flow.command === 'add');
  assert.deepEqual(
    added.slice(0, 3).map((flow) => flow.cookie),
    [cookie, cookie, cookie],
  );
  assert.equal(added.length, 4, 'the fragment and the marker that was gone');
});

test('a switch that is cut off in the middle of a resync is compared in full the next time', async () => {
  const rig = await startRig({ desired: smallNetwork() });
  const branch = await rig.plug(1);
  branch.link.hold('barrier-reply');
  rig.register(1);
  await branch.device.connect({ host: '127.0.0.1', port: branch.link.port });
  await until(() => branch.device.flowCount === 12, 'the flows to arrive');
  branch.link.cut();
  await until(() => rig.southbound.liveness('host-1').openflow === 'down', 'the host to be down');
  assert.equal(rig.southbound.liveness('host-1').appliedRevision, 0);
  const again = await rig.up(1, branch.device);
  await rig.quiet(again);
  assert.equal(rig.southbound.metrics.dumps, 2, 'equal markers are not believed');
  assert.equal(again.link.flowMods.filter(({ command }) => command === 'add').length, 0);
  assert.equal(again.device.flowCount, 12);
});

test('commits during a dump are part of what is sent, and nothing is sent twice', async () => {
  const rig = await startRig({ desired: smallNetwork() });
  const branch = await rig.plug(1);
  branch.link.hold('multipart-reply');
  rig.register(1);
  await branch.device.connect({ host: '127.0.0.1', port: branch.link.port });
  await until(() => branch.link.fromSwitch.some(({ type }) => type === 'multipart-reply'), 'the dump');
  for (let content = 1; content <= 20; content++) {
    rig.commit({ put: { scope: vpc(5), key: 'v', number: 2, flows: 3, content } });
  }
  rig.commit({ remove: { scope: host(1), key: 'h' } });
  branch.link.release();
  await rig.quiet(branch);
  assert.equal(branch.device.flowCount, 6 + 2);
  assert.equal(branch.link.flowMods.filter(({ command }) => command === 'add').length, 6 + 2);
});

test('what changes while the switch is too slow for its table is put right before it is live', async () => {
  const desired = new EditableState();
  // Each flow is large, so that all of them together do not fit into the buffers of the sockets.
  const actions = [{ type: 'note' as const, data: new Uint8Array(1_500) }];
  const puts = Array.from({ length: 100 }, (_, index) => ({
    put: { scope: vpc(5), key: `v${index}`, number: index, flows: 100, actions },
  }));
  desired.commit(...puts, { subscribe: { hostId: 'host-1', scope: vpc(5) } });
  const rig = await startRig({ desired });
  const branch = await rig.plug(1);
  branch.link.onToSwitch = () => {
    if (branch.link.flowMods.length === 50) branch.link.stall();
  };
  rig.register(1);
  await branch.device.connect({ host: '127.0.0.1', port: branch.link.port });
  await until(() => branch.link.flowMods.length >= 50, 'the first flows');
  await pause(50);
  rig.commit(
    { put: { scope: vpc(5), key: 'v0', number: 0, flows: 100, content: 1 } },
    { remove: { scope: vpc(5), key: 'v1' } },
    { remove: { scope: vpc(5), key: 'v99' } },
    { put: { scope: vpc(6), key: 'other', number: 200 } },
    { subscribe: { hostId: 'host-1', scope: vpc(6) } },
  );
  assert.equal(rig.southbound.liveness('host-1').appliedRevision, 0);
  branch.link.resume();
  await rig.quiet(branch);
  const wanted = ['vpc:vpc-5', 'vpc:vpc-6'].flatMap((key) => [
    ...(desired.scope(key as ScopeKey)?.fragments.values() ?? []),
  ]);
  assert.deepEqual(
    cookies(branch.device),
    wanted.flatMap(({ cookie, flowCount }) => Array.from({ length: flowCount }, () => cookie)).sort(),
  );
  assert.equal(markers(branch.device).length, 2);
});
