import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { encodeMessage } from 'node-openflow';
import { TestSwitch } from 'node-openflow/testing';
import { global } from './testing/desired.ts';
import { cookies, markers, startRig, tamper } from './testing/rig.ts';
import { pause, until } from './testing/wait.ts';

const localhost = '127.0.0.1';

test('the switch is told to send no packets, made ours and given the identity option', async () => {
  const rig = await startRig({ generationId: 42n });
  const { device, link } = await rig.up(1);
  const role = link.toSwitch.find((message) => message.type === 'role-request');
  assert.deepEqual([role?.role, role?.generationId], ['primary', 42n]);
  const config = link.toSwitch.find((message) => message.type === 'set-config');
  assert.equal(config?.missSendLength, 0);
  const masks = link.toSwitch.find((message) => message.type === 'set-async')?.masks;
  assert.deepEqual([masks?.packetInPrimary, masks?.packetInSecondary], [0, 0]);
  assert.deepEqual(device.tlvMappings, [{ optionClass: 0x0177, optionType: 1, optionLength: 4, index: 0 }]);
});

test('a mapping that is there is not added again, another one is reported by name', async () => {
  const rig = await startRig();
  const first = await rig.up(1);
  first.link.cut();
  await until(() => rig.southbound.liveness('host-1').openflow === 'down', 'the host to be down');
  const again = await rig.up(1, first.device);
  assert.equal(
    again.link.toSwitch.some(({ type }) => type === 'tlv-table-mod'),
    false,
  );
  assert.equal(
    rig.log.some(({ level }) => level === 'error'),
    false,
  );

  const device = new TestSwitch({ datapathId: 2n });
  const other = { optionClass: 0x0102, optionType: 3, optionLength: 8, index: 0 };
  await tamper(device, { type: 'tlv-table-mod', command: 'add', mappings: [other] });
  const conflicting = await rig.up(2, device);
  assert.deepEqual(conflicting.device.tlvMappings, [other]);
  const line = rig.log.find(({ level }) => level === 'error');
  assert.ok(line && 'found' in line.fields);
  assert.deepEqual(line.fields.found, other);
});

test('a switch that has seen a newer generation is not adopted', async () => {
  const rig = await startRig({ generationId: 5n });
  const device = new TestSwitch({ datapathId: 1n });
  await tamper(device, { type: 'role-request', role: 'primary', generationId: 9n });
  rig.commit({ put: { scope: global, key: 'g', number: 1 } });
  const branch = await rig.plug(1, device);
  rig.register(1);
  await device.connect({ host: localhost, port: branch.link.port });
  await until(() => rig.log.some(({ level }) => level === 'error'), 'the refusal');
  await until(() => rig.southbound.liveness('host-1').openflow === 'down', 'the host to be down');
  assert.equal(device.flowCount, 0);
});

test('an unknown datapath waits for its host', async () => {
  const rig = await startRig();
  rig.commit({ put: { scope: global, key: 'g', number: 1 } });
  const branch = await rig.plug(1);
  await branch.device.connect({ host: localhost, port: branch.link.port });
  await until(() => rig.log.some(({ message }) => message.includes('waiting')), 'the switch to wait');
  assert.equal(branch.device.flowModCount, 0);
  rig.register(2);
  await pause(10);
  assert.equal(branch.device.flowModCount, 0, 'another host does not take it');
  rig.register(1);
  await rig.quiet(branch);
  assert.equal(cookies(branch.device).length, 1);
});

test('waiting is bounded in time and number', async () => {
  const rig = await startRig({ limits: { waitingMs: 80, waitingConnections: 1 } });
  const first = await rig.plug(1);
  await first.device.connect({ host: localhost, port: first.link.port });
  await until(() => rig.log.some(({ message }) => message.includes('waiting')), 'the switch to wait');
  const second = await rig.plug(2);
  await second.device.connect({ host: localhost, port: second.link.port });
  await until(() => rig.log.some(({ message }) => message.includes('too many')), 'the refusal');
  await until(() => rig.log.some(({ message }) => message.includes('in time')), 'the time limit');
});

test('a second connection of a host replaces the first, whose late replies mean nothing', async () => {
  const rig = await startRig();
  const first = await rig.up(1);
  await rig.quiet(first);
  first.link.hold('barrier-reply');
  const revision = rig.commit({ put: { scope: global, key: 'g', number: 1 } });
  const second = await rig.plug(1, new TestSwitch({ datapathId: 1n }));
  second.link.hold('barrier-reply');
  await second.device.connect({ host: localhost, port: second.link.port });
  await until(() => cookies(second.device).length === 1, 'the flows at the new connection');
  first.link.release();
  await pause(20);
  assert.equal((await rig.southbound.applied(revision, 0)).applied, false);
  second.link.release();
  assert.equal((await rig.southbound.applied(revision, 2_000)).applied, true);
  const before = first.link.flowMods.length;
  rig.commit({ put: { scope: global, key: 'g', number: 1, content: 1 } });
  await rig.quiet(second);
  assert.equal(first.link.flowMods.length, before);
});

test('a host that changes its datapath id loses the old connection, and a removed host as well', async () => {
  const rig = await startRig();
  await rig.up(1);
  await rig.up(2);
  rig.registered.delete('host-1');
  rig.southbound.hostRegistered('host-1');
  await until(() => rig.southbound.liveness('host-1').openflow === 'down', 'host 1 to be down');
  assert.equal(rig.southbound.liveness('host-2').openflow, 'up');
  rig.southbound.hostRemoved('host-2');
  assert.deepEqual(rig.southbound.liveness('host-2'), { openflow: 'down', appliedRevision: 0 });
  rig.southbound.hostRemoved('host-2');
});

test('a switch that is too slow is cut off and brought up to date later', async () => {
  const rig = await startRig({ limits: { outstandingBarriers: 3 } });
  const branch = await rig.up(1);
  await rig.quiet(branch);
  branch.link.hold('barrier-reply');
  for (let content = 0; content < 6; content++) {
    rig.commit({ put: { scope: global, key: 'g', number: 1, content } });
    await pause(2);
  }
  await until(() => rig.southbound.liveness('host-1').openflow === 'down', 'the host to be cut off');
  const again = await rig.up(1, branch.device);
  await rig.quiet(again);
  assert.deepEqual(cookies(again.device), [rig.desired.fragment(global, 'g').cookie]);
});

test('an error about the handshake is no refused flow', async () => {
  const rig = await startRig();
  rig.commit({ put: { scope: global, key: 'g', number: 1 } });
  const branch = await rig.plug(1);
  branch.link.onToSwitch = (message) => {
    if (message.type !== 'tlv-table-mod') return;
    const data = encodeMessage(message, { xid: message.xid });
    branch.link.inject({ type: 'error', errorType: 1, errorCode: 5, data }, message.xid);
  };
  rig.register(1);
  await branch.device.connect({ host: localhost, port: branch.link.port });
  await rig.quiet(branch);
  assert.equal(rig.southbound.metrics.errors, 1);
  assert.equal((await rig.southbound.applied(rig.desired.revision, 1_000)).applied, true);
  assert.equal(markers(branch.device).length, 1);
});

test('a switch that gives the primary role to another controller is left', async () => {
  const rig = await startRig();
  const { link } = await rig.up(1);
  link.inject({ type: 'role-status', role: 'primary', reason: 0, generationId: 1n }, 0);
  await pause(20);
  assert.equal(rig.southbound.liveness('host-1').openflow, 'up');
  link.inject({ type: 'role-status', role: 'secondary', reason: 0, generationId: 2n }, 0);
  await until(() => rig.southbound.liveness('host-1').openflow === 'down', 'the host to be down');
});

test('of two waiting connections of one datapath the newer is kept', async () => {
  const rig = await startRig();
  rig.commit({ put: { scope: global, key: 'g', number: 1 } });
  const [first, second] = [await rig.plug(1), await rig.plug(1)];
  for (const { device, link } of [first, second]) {
    await device.connect({ host: localhost, port: link.port });
    await pause(20);
  }
  rig.register(1);
  await rig.quiet(second);
  assert.equal(
    first.link.toSwitch.some(({ type }) => type === 'role-request'),
    false,
  );
  assert.equal(
    second.link.toSwitch.some(({ type }) => type === 'role-request'),
    true,
  );
});

test('what is not a switch is turned away and disturbs nobody', async () => {
  const rig = await startRig({ connection: { helloTimeoutMs: 200 } });
  const branch = await rig.up(1);
  const stranger = connect({ host: localhost, port: rig.port });
  stranger.resume();
  stranger.write('GET / HTTP/1.1\r\n\r\n');
  await once(stranger, 'close');
  assert.ok(rig.log.some(({ level, message }) => level === 'warn' && message.includes('did not identify')));
  const revision = rig.commit({ put: { scope: global, key: 'g', number: 1 } });
  assert.equal((await rig.southbound.applied(revision, 2_000)).applied, true);
  assert.equal(cookies(branch.device).length, 1);
});
