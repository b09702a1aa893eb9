import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createLab, type Host, type Lab } from '@weft/labs/hosts';
import { pino } from 'pino';
import { eventually } from '../testing/eventually.ts';
import { Chassis, type ChassisOptions } from './chassis.ts';
import { OvsDatabase } from './database.ts';
import type { ChassisFacts } from './facts.ts';
import { patchNames } from './wanted.ts';

const startTimeoutMs = 10_000;
const target = 'tcp:127.0.0.1:6653';

describe('chassis on real Open vSwitch', () => {
  let lab: Lab;
  let host: Host;
  let options: ChassisOptions;

  before(async () => {
    lab = await createLab({ hosts: 1, externalNetwork: { cidr: '203.0.113.0/24' } });
    [host] = lab.hosts as [Host];
    options = {
      tunnelIp: host.tunnelAddress,
      bridgeMappings: [{ network: 'external', bridge: 'br-ex' }],
      startTimeoutMs,
      logger: pino({ enabled: false }),
    };
  });
  after(() => lab.close());

  /** One run of an agent's chassis, as at a start. */
  async function withChassis<T>(work: (chassis: Chassis, database: OvsDatabase) => Promise<T>): Promise<T> {
    const database = await OvsDatabase.open(host.ovsdbEndpoint, startTimeoutMs);
    const chassis = new Chassis(database, options);
    try {
      return await work(chassis, database);
    } finally {
      chassis.close();
      await database.close();
    }
  }
  /** Grows with every transaction that changes something. */
  const configuration = async () => Number(await host.vsctl('get', 'Open_vSwitch', '.', 'next_cfg'));
  const bridge = (column: string) => host.vsctl('get', 'Bridge', 'br-int', column);

  it('sets everything up in one transaction', async () => {
    const before = await configuration();
    const facts = await withChassis((chassis) => chassis.prepare());
    assert.equal(await configuration(), before + 1);
    assert.match(await bridge('fail_mode'), /secure/);
    assert.match(await bridge('datapath_type'), /netdev/);
    assert.match(await bridge('other_config'), /disable-in-band="true"/);
    assert.equal(facts.datapathId, (await bridge('datapath_id')).trim().replaceAll('"', ''));
    const ofport = async (name: string) => Number(await host.vsctl('get', 'Interface', name, 'ofport'));
    assert.equal(facts.tunnelPort, await ofport('weft-geneve'));
    assert.deepEqual(facts.externalPorts, { external: await ofport(patchNames('external').inside) });
    assert.match(await host.ofctl('show', 'br-int'), new RegExp(`dpid:${facts.datapathId}`));
  });

  it('changes nothing the second time, by no transaction at all', async () => {
    const before = await configuration();
    await withChassis(async (chassis, database) => {
      let changes = 0;
      database.onChange(() => changes++);
      const transactions = await transactionsSeen(host);
      await chassis.prepare();
      await chassis.setTargets([]);
      assert.equal(await transactionsSeen(host), transactions);
      assert.equal(changes, 0);
    });
    assert.equal(await configuration(), before);
  });

  it('keeps flows when targets are set again, and when they change', async () => {
    await withChassis(async (chassis) => {
      await chassis.setTargets([target]);
      await eventually('target taken', async () =>
        (await host.vsctl('get-controller', 'br-int')).includes(target),
      );
      await host.ofctl('add-flow', 'br-int', 'table=9,priority=5,ip,actions=drop');
      const before = await transactionsSeen(host);
      await chassis.setTargets([target]);
      assert.equal(await transactionsSeen(host), before);
      await chassis.setTargets(['tcp:127.0.0.1:6654']);
      await eventually('new target', async () =>
        (await host.vsctl('get-controller', 'br-int')).includes(':6654'),
      );
    });
    const flows = await host.dumpFlows();
    assert.deepEqual(
      flows.map(({ table, priority }) => [table, priority]),
      [[9, 5]],
    );
  });

  it('keeps the datapath id and tells new port numbers after a restart of ovs-vswitchd', async () => {
    await withChassis(async (chassis) => {
      const facts = await chassis.prepare();
      const seen: ChassisFacts[] = [];
      chassis.watch((changed) => seen.push(changed));
      await host.vsctl('set', 'Interface', 'weft-geneve', 'ofport_request=77');
      await eventually('new number', () => seen.some(({ tunnelPort }) => tunnelPort === 77));
      await host.restartVswitchd();
      const again = await chassis.prepare();
      assert.equal(again.datapathId, facts.datapathId);
    });
  });

  it('puts back what somebody removed', async () => {
    await withChassis(async (chassis) => {
      await chassis.prepare();
      chassis.watch(() => undefined);
      await host.vsctl('del-port', 'br-int', 'weft-geneve');
      await eventually('tunnel back', async () =>
        (await host.vsctl('list-ports', 'br-int')).includes('weft-geneve'),
      );
    });
  });

  it('says which port failed, in the words of Open vSwitch', async () => {
    await host.vsctl('del-port', 'br-int', 'weft-geneve');
    await host.vsctl('add-br', 'br-rival', '--', 'set', 'Bridge', 'br-rival', 'datapath_type=netdev');
    const same = [
      'type=geneve',
      'options:remote_ip=flow',
      'options:key=flow',
      `options:local_ip=${host.tunnelAddress}`,
    ];
    await host.vsctl('add-port', 'br-rival', 'rival', '--', 'set', 'Interface', 'rival', ...same);
    await assert.rejects(
      withChassis((chassis) => chassis.prepare()),
      { code: 'port-failed', message: /weft-geneve/ },
    );
    await host.vsctl('del-br', 'br-rival');
    await withChassis((chassis) => chassis.prepare());
  });

  it('names the bridge of a mapping that is missing', async () => {
    const database = await OvsDatabase.open(host.ovsdbEndpoint, startTimeoutMs);
    const chassis = new Chassis(database, {
      ...options,
      bridgeMappings: [{ network: 'x', bridge: 'br-none' }],
    });
    await assert.rejects(chassis.prepare(), { code: 'bridge-missing', message: /br-none/ });
    await database.close();
  });
});

/** How many transactions ovsdb-server has written down, whatever is in them. */
async function transactionsSeen(host: Host): Promise<number> {
  return Number(await host.run('grep', ['-c', '^OVSDB', `${host.directory}/conf.db`]));
}
