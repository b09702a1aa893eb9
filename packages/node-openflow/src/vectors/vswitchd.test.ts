import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import {
  connect,
  type FlowMod,
  formatFlow,
  type OpenFlowConnection,
  parseFlow,
  ports,
  SwitchError,
} from '../index.ts';
import { flowTexts } from './flow-texts.ts';
import { noVswitchd, Vswitchd } from './vswitchd.ts';

const group = {
  groupType: 'all',
  group: 5,
  buckets: [{ id: 0, actions: [{ type: 'output', port: 1 }] }],
} as const;
const meter = {
  flags: ['packets', 'burst'],
  meter: 7,
  bands: [{ type: 'drop', rate: 100, burst: 10 }],
} as const;
const mappings = [0, 1, 2, 63].map((index) => ({
  optionClass: 0x177,
  optionType: index,
  optionLength: 4,
  index,
}));

/** Flows with a priority of their own each, so that none takes another's place, and in a table before all others. */
const flows: readonly FlowMod[] = flowTexts
  // Options that do not fit the mapping, and a mask that ovs-ofctl, which does not know the mapping, prints as none.
  .filter((text) => !/tun_metadata63=|tun_metadata0=0x1234 |tun_metadata0=0x5\/0xff/.test(text))
  .map((text, index) => ({ ...parseFlow(text), table: 1, priority: 1000 + index }));

describe('a real Open vSwitch', { skip: noVswitchd ?? false }, () => {
  let vswitchd: Vswitchd;
  let connection: OpenFlowConnection;
  const refusals: string[] = [];

  before(async () => {
    vswitchd = await Vswitchd.start();
    connection = connect({ path: vswitchd.managementSocket });
    await connection.ready;
    connection.on('error-message', ({ codeName, data }) => {
      refusals.push(`${codeName}: ${Buffer.from(data).toString('hex')}`);
    });
  });
  after(async () => {
    connection.close();
    await vswitchd.stop();
  });

  it('agrees on OpenFlow 1.5 and says what it is', async () => {
    assert.equal(connection.version, 6);
    const features = await connection.request({ type: 'features-request' });
    assert.equal(features.tables, 254);
    const description = await connection.request({ type: 'multipart-request', part: 'description' });
    assert.equal(description.hardware, 'Open vSwitch');
    const { ports: described } = await connection.request({ type: 'multipart-request', part: 'port-desc' });
    assert.deepEqual(
      described.map(({ port, name }) => [port, name]),
      [[ports.local, 'br0']],
    );
    const { ports: counted } = await connection.request({ type: 'multipart-request', part: 'port-stats' });
    assert.equal(counted[0]?.port, ports.local);
  });

  it('takes a TLV table, a group and a meter, and describes them', async () => {
    connection.send({ type: 'tlv-table-mod', command: 'add', mappings });
    assert.deepEqual((await connection.request({ type: 'tlv-table-request' })).mappings, mappings);
    connection.send({ type: 'group-mod', command: 'add', ...group });
    connection.send({ type: 'meter-mod', command: 'add', ...meter });
    await connection.barrier();
    assert.deepEqual(refusals, []);
    const groups = await connection.request({ type: 'multipart-request', part: 'group-desc' });
    assert.deepEqual(groups.groups, [group]);
    const meters = await connection.request({ type: 'multipart-request', part: 'meter-desc' });
    assert.deepEqual(meters.meters, [meter]);
  });

  it('takes flows with every field and action, and describes them as ovs-ofctl prints them', async () => {
    for (const flow of flows) connection.send(flow);
    await connection.barrier();
    assert.deepEqual(refusals.splice(0), []);
    const { flows: described } = await connection.request({ type: 'multipart-request', part: 'flow-desc' });
    assert.equal(described.length, flows.length);
    const target = `unix:${vswitchd.managementSocket}`;
    const dumped = await vswitchd.tool('ovs-ofctl', '-O', 'OpenFlow15', '--no-stats', 'dump-flows', target);
    const printed = dumped.split('\n').map((line) => line.trim());
    // Open vSwitch prints these without their masks.
    const comparable = (line: string) => line !== '' && !/erspan|gtpu/.test(line);
    assert.deepEqual(
      described
        .map((flow) => formatFlow(flow))
        .filter(comparable)
        .sort(),
      printed.filter(comparable).sort(),
    );
  });

  it('sends packets back with what the controller action carried', async () => {
    connection.send({ type: 'set-packet-in-format', format: 'packet-in2' });
    connection.send({ type: 'set-controller-id', id: 77 });
    connection.send({ type: 'set-config', flags: 0, missSendLength: 0xffff });
    const userdata = Uint8Array.from([0, 1, 2, 255]);
    const arrived = once(connection, 'message');
    connection.send({
      type: 'packet-out',
      inPort: ports.local,
      match: [{ field: 'metadata', value: 0x1234n }],
      actions: [
        { type: 'set-field', field: 'reg3', value: 9 },
        { type: 'controller', id: 77, userdata },
      ],
      data: Uint8Array.from({ length: 60 }, (_, index) => index),
    });
    const [packet] = await arrived;
    assert.equal(packet.type, 'packet-in2');
    assert.deepEqual(packet.userdata, userdata);
    assert.equal(packet.packet.length, 60);
    const fields = new Map(
      packet.metadata.map(({ field, value }: { field: string; value: unknown }) => [field, value]),
    );
    assert.equal(fields.get('metadata'), 0x1234n);
    assert.equal(fields.get('in_port'), ports.local);
    assert.equal(fields.get('xreg1'), 9n);
  });

  it('removes flows by cookie, and applies bundles', async () => {
    connection.send(parseFlow('table=9,cookie=0x77,ip actions=drop'));
    const selection = { cookie: 0x77n } as const;
    const count = async () =>
      (await connection.request({ type: 'multipart-request', part: 'aggregate', ...selection })).flowCount;
    assert.equal(await count(), 1);
    connection.send(parseFlow('cookie=0x77/-1', 'delete'));
    assert.equal(await count(), 0);
    const flags = ['atomic', 'ordered'] as const;
    const control = (command: 'open-request' | 'commit-request') =>
      connection.request({ type: 'bundle-control', bundle: 1, command, flags });
    await control('open-request');
    for (const protocol of ['ip', 'ipv6', 'arp']) {
      const message = parseFlow(`table=9,cookie=0x77,${protocol} actions=drop`);
      connection.send({ type: 'bundle-add', bundle: 1, flags, message });
    }
    assert.equal(await count(), 0);
    await control('commit-request');
    assert.equal(await count(), 3);
  });

  it('refuses with a name', async () => {
    await connection.request({ type: 'role-request', role: 'primary', generationId: 5n });
    const stale = connection.request({ type: 'role-request', role: 'primary', generationId: 4n });
    await assert.rejects(
      stale,
      (error) => error instanceof SwitchError && error.codeName === 'OFPRRFC_STALE',
    );
    const refused = once(connection, 'error-message');
    connection.send(parseFlow('table=1,tcp actions=group:99'));
    assert.equal((await refused)[0].codeName, 'OFPBAC_BAD_OUT_GROUP');
  });
});
