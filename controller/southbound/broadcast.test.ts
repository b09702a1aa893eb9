import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EditableState, global, host, vpc } from './testing/desired.ts';
import { cookies, markers, startRig, story } from './testing/rig.ts';

const subscribed = (...numbers: number[]) =>
  numbers.map((number) => ({ subscribe: { hostId: `host-${number}`, scope: vpc(5) } }));

test('a changed fragment goes to the subscribers of its scope as the same bytes, and to nobody else', async () => {
  const rig = await startRig();
  const branches = [await rig.up(1), await rig.up(2), await rig.up(3)] as const;
  rig.commit(...subscribed(1, 2), { put: { scope: vpc(5), key: 'a', number: 1, flows: 2 } });
  await rig.quiet(...branches);
  const [one, two, three] = branches;
  const sent = branches.map(({ link }) => link.flowMods.length);
  const old = rig.desired.fragment(vpc(5), 'a').cookie;
  rig.commit({ put: { scope: vpc(5), key: 'a', number: 1, flows: 1, content: 1 } });
  await rig.quiet(...branches);
  const { cookie } = rig.desired.fragment(vpc(5), 'a');
  const news = one.link.flowMods.slice(sent[0]);
  assert.deepEqual(story(news), [`add ${cookie.toString(16)}`, `delete ${old.toString(16)}`, 'marker']);
  assert.deepEqual(two.link.flowMods.slice(sent[1]), news, 'xids included');
  assert.equal(three.link.flowMods.length, sent[2]);
  assert.deepEqual(cookies(one.device), [cookie]);
  assert.equal(markers(one.device).length, 1);
});

test('an unchanged fragment of a changed scope is not sent again', async () => {
  const rig = await startRig();
  const branch = await rig.up(1);
  rig.commit(
    { put: { scope: global, key: 'a', number: 1 } },
    { put: { scope: global, key: 'b', number: 2 } },
  );
  await rig.quiet(branch);
  const before = branch.link.flowMods.length;
  rig.commit({ put: { scope: global, key: 'b', number: 2, content: 1 } });
  await rig.quiet(branch);
  const touched = branch.link.flowMods.slice(before).map(({ cookie }) => cookie);
  assert.ok(touched.includes(rig.desired.fragment(global, 'b').cookie));
  assert.ok(!touched.includes(rig.desired.fragment(global, 'a').cookie));
});

test('commits of one tick share one barrier, later ones have their own', async () => {
  const rig = await startRig();
  const branch = await rig.up(1);
  await rig.quiet(branch);
  const before = rig.southbound.metrics.barriers;
  for (let content = 0; content < 5; content++)
    rig.commit({ put: { scope: global, key: 'a', number: 1, content } });
  await rig.quiet(branch);
  assert.equal(rig.southbound.metrics.barriers, before + 1);
  rig.commit({ put: { scope: global, key: 'a', number: 1, content: 9 } });
  await rig.quiet(branch);
  assert.equal(rig.southbound.metrics.barriers, before + 2);
});

test('order on one switch: new scope, additions, removals from the narrowest scope, scopes that it leaves', async () => {
  const rig = await startRig();
  const branch = await rig.up(1);
  rig.commit(
    ...subscribed(1),
    { put: { scope: vpc(5), key: 'leaving', number: 5 } },
    { put: { scope: vpc(6), key: 'arriving', number: 6 } },
    { put: { scope: host(1), key: 'old', number: 1 } },
    { put: { scope: global, key: 'gone', number: 2 } },
  );
  await rig.quiet(branch);
  const before = branch.link.toSwitch.length;
  const cookie = (scope: typeof global, key: string) => rig.desired.fragment(scope, key).cookie.toString(16);
  const [old, gone] = [cookie(host(1), 'old'), cookie(global, 'gone')];
  rig.commit(
    { remove: { scope: global, key: 'gone' } },
    { remove: { scope: host(1), key: 'old' } },
    { put: { scope: host(1), key: 'new', number: 3 } },
    { put: { scope: global, key: 'more', number: 4 } },
    { unsubscribe: { hostId: 'host-1', scope: vpc(5) } },
    { subscribe: { hostId: 'host-1', scope: vpc(6) } },
  );
  await rig.quiet(branch);
  assert.deepEqual(story(branch.link.toSwitch.slice(before)), [
    `add ${cookie(vpc(6), 'arriving')}`,
    'marker',
    `add ${cookie(global, 'more')}`,
    `add ${cookie(host(1), 'new')}`,
    `delete ${old}`,
    `delete ${gone}`,
    'marker',
    'marker',
    `delete ${(0x57n << 56n).toString(16)}`,
    'barrier-request',
  ]);
  assert.equal(branch.link.flowMods.at(-1)?.match[0]?.value, 5n);
});

test('what only drops comes before everything that it keeps something from, and goes after it', async () => {
  const rig = await startRig();
  const branch = await rig.up(1);
  rig.commit({ subscribe: { hostId: 'host-1', scope: vpc(5) } });
  await rig.quiet(branch);
  const cookie = (key: string, scope = host(1)) => rig.desired.fragment(scope, key).cookie.toString(16);
  let before = branch.link.toSwitch.length;
  const news = () => story(branch.link.toSwitch.slice(before)).filter((line) => line !== 'barrier-request');
  rig.commit(
    { put: { scope: vpc(5), key: 'wide', number: 1 } },
    { put: { scope: host(1), key: 'lets in', number: 2 } },
    { put: { scope: host(1), key: 'drops', number: 3, actions: [] } },
    { put: { scope: vpc(5), key: 'drops, too', number: 4, actions: [] } },
  );
  await rig.quiet(branch);
  const [wide, letsIn] = [cookie('wide', vpc(5)), cookie('lets in')];
  const drops = [cookie('drops'), cookie('drops, too', vpc(5))];
  const [first, second, ...others] = news();
  assert.deepEqual([first, second].sort(), drops.map((one) => `add ${one}`).sort());
  assert.deepEqual(others, [`add ${wide}`, `add ${letsIn}`, 'marker', 'marker']);
  before = branch.link.toSwitch.length;
  rig.commit(
    { remove: { scope: host(1), key: 'drops' } },
    { remove: { scope: vpc(5), key: 'drops, too' } },
    { remove: { scope: host(1), key: 'lets in' } },
    { remove: { scope: vpc(5), key: 'wide' } },
  );
  await rig.quiet(branch);
  const deletions = news().filter((line) => line.startsWith('delete '));
  assert.deepEqual(deletions.slice(0, 2), [`delete ${letsIn}`, `delete ${wide}`]);
  for (const one of drops) assert.ok(deletions.indexOf(`delete ${one}`) > 1, deletions.join());
});

test('a host that joins a VPC gets what only drops first', async () => {
  const rig = await startRig();
  const branch = await rig.up(1);
  rig.commit(
    { put: { scope: vpc(5), key: 'lets in', number: 1 } },
    { put: { scope: vpc(5), key: 'drops', number: 2, actions: [] } },
  );
  await rig.quiet(branch);
  const before = branch.link.toSwitch.length;
  rig.commit({ subscribe: { hostId: 'host-1', scope: vpc(5) } });
  await rig.quiet(branch);
  const cookie = (key: string) => rig.desired.fragment(vpc(5), key).cookie.toString(16);
  const news = story(branch.link.toSwitch.slice(before));
  assert.deepEqual(news.slice(0, 2), [`add ${cookie('drops')}`, `add ${cookie('lets in')}`]);
});

test('leaving a VPC removes its flows and marker, and no others', async () => {
  const rig = await startRig();
  const branch = await rig.up(1);
  rig.commit(
    ...subscribed(1),
    { subscribe: { hostId: 'host-1', scope: vpc(6) } },
    { put: { scope: vpc(5), key: 'five', number: 5, flows: 4 } },
    { put: { scope: vpc(6), key: 'six', number: 6, flows: 4 } },
    { put: { scope: host(1), key: 'own', number: 1 } },
  );
  await rig.quiet(branch);
  assert.equal(branch.device.flowCount, 9 + 3);
  rig.commit({ unsubscribe: { hostId: 'host-1', scope: vpc(5) } });
  await rig.quiet(branch);
  const five = rig.desired.fragment(vpc(5), 'five').cookie;
  assert.equal(branch.device.flowCount, 5 + 2);
  assert.ok(!cookies(branch.device).includes(five));
  const before = branch.link.flowMods.length;
  rig.commit({ put: { scope: vpc(5), key: 'five', number: 5, flows: 4, content: 1 } });
  rig.commit({ put: { scope: global, key: 'later', number: 9 } });
  await rig.quiet(branch);
  assert.equal(branch.link.flowMods.length, before + 2, 'nothing of the VPC that was left');
});

test('the marker of a scope goes with its last fragment', async () => {
  const rig = await startRig();
  const branch = await rig.up(1);
  rig.commit(
    { put: { scope: host(1), key: 'only', number: 1 } },
    { put: { scope: global, key: 'g', number: 2 } },
  );
  await rig.quiet(branch);
  assert.equal(markers(branch.device).length, 2);
  rig.commit({ remove: { scope: host(1), key: 'only' } });
  await rig.quiet(branch);
  assert.deepEqual(cookies(branch.device), [rig.desired.fragment(global, 'g').cookie]);
  assert.equal(markers(branch.device).length, 1);
});

test('messages before a fragment go once, those after it with every version', async () => {
  const rig = await startRig();
  const branch = await rig.up(1);
  const messages = {
    before: [{ type: 'ct-flush-zone', zone: 7 }],
    after: [{ type: 'ct-flush-zone', zone: 8 }],
  } as const;
  rig.commit({ put: { scope: host(1), key: 'a', number: 1, ...messages } });
  await rig.quiet(branch);
  rig.commit({ put: { scope: host(1), key: 'a', number: 1, content: 1, ...messages } });
  await rig.quiet(branch);
  const zones = branch.link.toSwitch.flatMap((message) =>
    message.type === 'ct-flush-zone' ? [message.zone] : [],
  );
  assert.deepEqual(zones, [7, 8, 8]);
  const flush = branch.link.toSwitch.findIndex(({ type }) => type === 'ct-flush-zone');
  assert.equal(branch.link.toSwitch[flush + 1]?.type, 'flow-mod');
});

test('messages that end a fragment go when it is removed, behind its flows, and not when it changes', async () => {
  const rig = await startRig();
  const branch = await rig.up(1);
  const whenGone = [{ type: 'ct-flush-zone', zone: 9 }] as const;
  rig.commit({ put: { scope: host(1), key: 'a', number: 1, whenGone } });
  rig.commit({ put: { scope: host(1), key: 'a', number: 1, content: 1, whenGone } });
  await rig.quiet(branch);
  const isEnd = ({ type }: { type: string }) => type === 'ct-flush-zone';
  assert.ok(!branch.link.toSwitch.some(isEnd));
  rig.commit({ remove: { scope: host(1), key: 'a' } });
  await rig.quiet(branch);
  const end = branch.link.toSwitch.findIndex(isEnd);
  const before = branch.link.toSwitch[end - 1];
  assert.ok(before?.type === 'flow-mod' && before.command === 'delete');
});

test('a subscriber that is not connected gets the scope when it comes', async () => {
  const rig = await startRig({ desired: new EditableState() });
  rig.commit(...subscribed(1), { put: { scope: vpc(5), key: 'a', number: 1 } });
  const branch = await rig.up(1);
  await rig.quiet(branch);
  assert.deepEqual(cookies(branch.device), [rig.desired.fragment(vpc(5), 'a').cookie]);
});
