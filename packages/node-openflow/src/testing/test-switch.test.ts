import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { type OpenFlowConnection, OpenFlowServer, parseFlow, SwitchError } from '../index.ts';
import { hasOvsOfctl } from '../vectors/ovs-ofctl.ts';
import { TestSwitch, type TestSwitchOptions } from './index.ts';

const allOnes = 0xffff_ffff_ffff_ffffn;

/** A test switch and the controller's connection to it. */
async function connected(t: TestContext, options: Partial<TestSwitchOptions> = {}) {
  const server = new OpenFlowServer();
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
  const testSwitch = new TestSwitch({ datapathId: 0xabcn, ...options });
  const join = async (): Promise<OpenFlowConnection> => {
    const accepted = once(server, 'connection');
    await testSwitch.connect({ port: port as number });
    const [connection] = (await accepted) as [OpenFlowConnection];
    await connection.ready;
    return connection;
  };
  t.after(async () => {
    await testSwitch.close();
    await server.close();
  });
  return { testSwitch, connection: await join(), join };
}

function cookies(testSwitch: TestSwitch): bigint[] {
  return testSwitch.flows().map(({ cookie }) => cookie);
}

describe('TestSwitch', () => {
  it('says what it is', async (t) => {
    const port = { port: 1, hardwareAddress: 1n, name: 'p1', config: 0, state: 0 };
    const { connection, testSwitch } = await connected(t, { ports: [port] });
    const features = await connection.request({ type: 'features-request' });
    assert.equal(features.datapathId, 0xabcn);
    const description = await connection.request({ type: 'multipart-request', part: 'port-desc' });
    assert.deepEqual(description.ports, [port]);
    const changes: unknown[] = [];
    connection.on('message', (message) => changes.push('reason' in message && message.reason));
    testSwitch.setPorts([{ ...port, port: 2 }]);
    await connection.barrier();
    assert.deepEqual(changes, ['add', 'delete']);
  });

  it('keeps flows: an addition takes the place of the flow with the same match, in any order', async (t) => {
    const { connection, testSwitch } = await connected(t);
    const flow = parseFlow('table=1,cookie=1,priority=5,ip,nw_dst=10.0.0.1 actions=drop');
    connection.send(flow);
    connection.send({ ...flow, cookie: 2n, match: [...flow.match].reverse() });
    connection.send({ ...flow, cookie: 3n, priority: 6 });
    connection.send({ ...flow, cookie: 4n, table: 2 });
    await connection.barrier();
    assert.deepEqual(cookies(testSwitch), [3n, 2n, 4n]);
    assert.equal(testSwitch.flowModCount, 4);
    assert.equal(testSwitch.flowCount, 3);
  });

  it('removes flows by exact cookie, by cookie mask, by match and strictly', async (t) => {
    const { connection, testSwitch } = await connected(t);
    const add = (text: string) => connection.send(parseFlow(text));
    const remove = async (text: string, command: 'delete' | 'delete-strict' = 'delete') => {
      connection.send(parseFlow(text, command));
      await connection.barrier();
      return cookies(testSwitch);
    };
    add('cookie=0x11,metadata=1,ip actions=output:1');
    add('cookie=0x12,metadata=1,ip,nw_dst=10.0.0.1 actions=output:2');
    add('cookie=0x13,metadata=2,ip,nw_dst=10.0.0.2 actions=group:7');
    add('cookie=0x24,table=3,metadata=0x10/0xf0 actions=drop');
    add('cookie=0x25,table=3,priority=7 actions=drop');
    assert.deepEqual(await remove('cookie=0x99/-1'), [0x11n, 0x12n, 0x13n, 0x24n, 0x25n]);
    assert.deepEqual(await remove('cookie=0x24/-1'), [0x11n, 0x12n, 0x13n, 0x25n]);
    assert.deepEqual(await remove('table=3,priority=8', 'delete-strict'), [0x11n, 0x12n, 0x13n, 0x25n]);
    assert.deepEqual(await remove('table=3,priority=7', 'delete-strict'), [0x11n, 0x12n, 0x13n]);
    assert.deepEqual(await remove('out_group=7'), [0x11n, 0x12n]);
    assert.deepEqual(await remove('ip,nw_dst=10.0.0.0/8'), [0x11n]);
    assert.deepEqual(await remove('cookie=0x10/0xf0,metadata=2'), [0x11n]);
    assert.deepEqual(await remove('cookie=0x10/0xf0,metadata=1'), []);
  });

  it('changes the instructions of flows and keeps the rest', async (t) => {
    const { connection, testSwitch } = await connected(t);
    connection.send(parseFlow('cookie=5,ip actions=drop'));
    connection.send(parseFlow('ip actions=output:9', 'modify'));
    connection.send(parseFlow('arp actions=output:9', 'modify'));
    await connection.barrier();
    const [flow, ...others] = testSwitch.flows();
    assert.deepEqual(others, []);
    assert.equal(flow?.cookie, 5n);
    assert.deepEqual(flow?.instructions, [{ type: 'apply-actions', actions: [{ type: 'output', port: 9 }] }]);
  });

  it('describes flows as they were added, in as many messages as it takes', async (t) => {
    const { connection, testSwitch } = await connected(t);
    for (let i = 0; i < 2000; i++) {
      connection.send(
        parseFlow(`table=${i % 3},cookie=${i},reg0=${i},ip actions=set_field:${i}->reg1,resubmit(,9)`),
      );
    }
    await connection.barrier();
    const all = await connection.request({ type: 'multipart-request', part: 'flow-desc' });
    assert.equal(all.flows.length, 2000);
    const inOrder = [...all.flows].sort((a, b) => a.table - b.table || (a.cookie < b.cookie ? -1 : 1));
    assert.deepEqual(inOrder, testSwitch.flows());
    const table = await connection.request({ type: 'multipart-request', part: 'flow-desc', table: 1 });
    assert.equal(table.flows.length, 667);
    const cookie = await connection.request({
      type: 'multipart-request',
      part: 'flow-desc',
      cookie: 7n,
      cookieMask: allOnes,
    });
    assert.deepEqual(
      cookie.flows.map((flow) => flow.cookie),
      [7n],
    );
    const aggregate = await connection.request({ type: 'multipart-request', part: 'aggregate', table: 2 });
    assert.equal(aggregate.flowCount, 666);
  });

  it('applies bundles as a whole or not at all', async (t) => {
    const refuse: TestSwitchOptions['refuse'] = (message) =>
      message.type === 'flow-mod' && message.cookie === 13n ? 'OFPFMFC_TABLE_FULL' : undefined;
    const { connection, testSwitch } = await connected(t, { refuse });
    const control = (bundle: number, command: 'open-request' | 'commit-request') =>
      connection.request({ type: 'bundle-control', bundle, command, flags: ['atomic'] });
    const add = (bundle: number, text: string) =>
      connection.send({ type: 'bundle-add', bundle, flags: ['atomic'], message: parseFlow(text) });
    await control(1, 'open-request');
    add(1, 'cookie=1,ip actions=drop');
    add(1, 'cookie=2,arp actions=drop');
    assert.equal(testSwitch.flowCount, 0);
    assert.equal((await control(1, 'commit-request')).command, 'commit-reply');
    assert.deepEqual(cookies(testSwitch), [1n, 2n]);
    await control(2, 'open-request');
    add(2, 'cookie=3,ipv6 actions=drop');
    const xid = add(2, 'cookie=13,rarp actions=drop');
    const refused = once(connection, 'error-message');
    await assert.rejects(control(2, 'commit-request'), (error) => {
      return error instanceof SwitchError && error.codeName === 'OFPBFC_MSG_FAILED';
    });
    const [error] = await refused;
    assert.deepEqual([error.xid, error.codeName], [xid, 'OFPFMFC_TABLE_FULL']);
    assert.deepEqual(cookies(testSwitch), [1n, 2n]);
  });

  it('fences roles by generation', async (t) => {
    const { connection, join: connectAgain, testSwitch } = await connected(t);
    const other = await connectAgain();
    assert.equal(testSwitch.connectionCount, 2);
    await connection.request({ type: 'role-request', role: 'primary', generationId: 5n });
    await other.request({ type: 'role-request', role: 'primary', generationId: 6n });
    const refused = once(connection, 'error-message');
    connection.send(parseFlow('ip actions=drop'));
    assert.equal((await refused)[0].codeName, 'OFPBRC_IS_SECONDARY');
    const stale = connection.request({ type: 'role-request', role: 'primary', generationId: 5n });
    await assert.rejects(
      stale,
      (error) => error instanceof SwitchError && error.codeName === 'OFPRRFC_STALE',
    );
    const unchanged = await connection.request({ type: 'role-request', role: 'no-change' });
    assert.deepEqual([unchanged.role, unchanged.generationId], ['secondary', 6n]);
  });

  it('keeps the TLV table, groups and meters, and forgets all when cleared', async (t) => {
    const { connection, testSwitch } = await connected(t);
    const mapping = { optionClass: 0x177, optionType: 1, optionLength: 4, index: 0 };
    connection.send({ type: 'tlv-table-mod', command: 'add', mappings: [mapping] });
    connection.send({
      type: 'group-mod',
      command: 'add',
      groupType: 'select',
      group: 3,
      buckets: [{ weight: 1, actions: [{ type: 'output', port: 1 }] }],
    });
    connection.send({
      type: 'meter-mod',
      command: 'add',
      flags: ['packets'],
      meter: 4,
      bands: [{ type: 'drop', rate: 9 }],
    });
    const table = await connection.request({ type: 'tlv-table-request' });
    assert.deepEqual(table.mappings, [mapping]);
    const groups = await connection.request({ type: 'multipart-request', part: 'group-desc' });
    assert.deepEqual(groups.groups, testSwitch.groups);
    const meters = await connection.request({ type: 'multipart-request', part: 'meter-desc' });
    assert.deepEqual(meters.meters, testSwitch.meters);
    assert.equal(testSwitch.meters[0]?.meter, 4);
    testSwitch.clear();
    assert.deepEqual([testSwitch.groups, testSwitch.meters, testSwitch.tlvMappings], [[], [], []]);
  });

  it('sends what it is told to, refuses what it does not know, and can drop its connections', async (t) => {
    const { connection, testSwitch } = await connected(t);
    const arrived = once(connection, 'message');
    testSwitch.broadcast({ type: 'packet-in2', table: 1, userdata: Uint8Array.from([1]) });
    assert.equal((await arrived)[0].type, 'packet-in2');
    const raw = Uint8Array.from([6, 99, 0, 8, 0, 0, 0, 0]);
    await assert.rejects(connection.request({ type: 'unknown', raw }), (error) => {
      return error instanceof SwitchError && error.codeName === 'OFPBRC_BAD_TYPE';
    });
    const closed = once(connection, 'close');
    testSwitch.disconnect();
    assert.equal((await closed)[0], 'peer-closed');
  });

  it('satisfies ovs-ofctl', { skip: hasOvsOfctl ? false : 'ovs-ofctl is not installed' }, async () => {
    const run = promisify(execFile);
    const directory = await mkdtemp(join(tmpdir(), 'node-openflow-'));
    const path = join(directory, 'switch.mgmt');
    const testSwitch = new TestSwitch({ datapathId: 1n });
    await testSwitch.listen({ path });
    const ofctl = (...args: string[]) => run('ovs-ofctl', ['-O', 'OpenFlow15', ...args], { timeout: 10_000 });
    await ofctl('add-flow', `unix:${path}`, 'table=4,priority=9,tcp,tp_dst=80 actions=output:1');
    const { stdout } = await ofctl('--no-stats', 'dump-flows', `unix:${path}`);
    assert.equal(stdout.trim(), 'table=4, priority=9,tcp,tp_dst=80 actions=output:1');
    await ofctl('del-flows', `unix:${path}`, 'tcp');
    assert.equal(testSwitch.flowCount, 0);
    await testSwitch.close();
    await rm(directory, { recursive: true });
  });
});
