import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeTables } from '../testing/tables.ts';
import { planChassis } from './plan.ts';
import { patchNames, type WantedChassis } from './wanted.ts';

const wanted: WantedChassis = {
  tunnelIp: '198.18.0.1',
  bridgeMappings: [{ network: 'external', bridge: 'br-ex' }],
  kernelModule: false,
  newDatapathId: '00000000000000aa',
};
const owner = { owner: 'weft' };
const patch = patchNames('external');

/** A host that is as wanted. */
function preparedHost(): FakeTables {
  const external = { ...owner, 'weft-network': 'external' };
  return new FakeTables()
    .addBridge('br-ex')
    .addBridge('br-int', {
      fail_mode: 'secure',
      protocols: ['OpenFlow15'],
      other_config: new Map([
        ['disable-in-band', 'true'],
        ['datapath-id', '00000000000000aa'],
      ]),
    })
    .addPort({
      bridge: 'br-int',
      name: 'weft-geneve',
      type: 'geneve',
      options: { remote_ip: 'flow', key: 'flow', local_ip: '198.18.0.1' },
      externalIds: owner,
    })
    .addPort({
      bridge: 'br-int',
      name: patch.inside,
      type: 'patch',
      options: { peer: patch.outside },
      externalIds: external,
    })
    .addPort({
      bridge: 'br-ex',
      name: patch.outside,
      type: 'patch',
      options: { peer: patch.inside },
      externalIds: external,
    });
}

/** The plan's operations in short: `update Bridge`, … */
const brief = (tables: FakeTables, changes: Partial<WantedChassis> = {}) =>
  planChassis(tables, { ...wanted, ...changes }).map((operation) =>
    'table' in operation ? `${operation.op} ${operation.table}` : operation.op,
  );

describe('chassis plan', () => {
  it('does nothing when all is as wanted', () => {
    assert.deepEqual(brief(preparedHost()), []);
  });

  it('makes bridge, tunnel and patch on a fresh host', () => {
    const operations = planChassis(new FakeTables().addBridge('br-ex'), wanted);
    const inserted = operations.flatMap((operation) => (operation.op === 'insert' ? [operation] : []));
    assert.deepEqual(
      inserted.map(({ table, row }) => `${table} ${'name' in row ? row.name : ''}`),
      [
        'Interface br-int',
        'Port br-int',
        'Bridge br-int',
        'Interface weft-geneve',
        'Port weft-geneve',
        `Interface ${patch.inside}`,
        `Port ${patch.inside}`,
        `Interface ${patch.outside}`,
        `Port ${patch.outside}`,
      ],
    );
    const bridge = inserted.find(({ table }) => table === 'Bridge')?.row;
    assert.ok(bridge && 'fail_mode' in bridge);
    assert.equal(bridge.fail_mode, 'secure');
    assert.equal(bridge.datapath_type, 'netdev');
    assert.deepEqual(bridge.protocols, ['OpenFlow15']);
    assert.equal(operations.at(-1)?.op, 'mutate');
  });

  it('takes the datapath of the kernel only when both kernel and ovs-vswitchd have it', () => {
    const typeOf = (tables: FakeTables, kernelModule: boolean) => {
      const operations = planChassis(tables.addBridge('br-ex'), { ...wanted, kernelModule });
      const bridge = operations.find(
        (operation) => operation.op === 'insert' && operation.table === 'Bridge',
      );
      return bridge?.op === 'insert' && 'datapath_type' in bridge.row && bridge.row.datapath_type;
    };
    assert.equal(typeOf(new FakeTables(), true), 'system');
    assert.equal(typeOf(new FakeTables(), false), 'netdev');
    const withoutSystem = new FakeTables();
    withoutSystem.root.datapath_types = ['netdev'];
    assert.equal(typeOf(withoutSystem, true), 'netdev');
  });

  it('corrects single settings and keeps those of others', () => {
    const tables = preparedHost().change('br-int', () => ({
      fail_mode: 'standalone',
      other_config: new Map([
        ['mac-table-size', '9'],
        ['datapath-id', '00000000000000bb'],
      ]),
    }));
    const operations = planChassis(tables, wanted);
    assert.deepEqual(
      operations.flatMap((operation) => (operation.op === 'update' ? [operation.row] : [])),
      [
        { fail_mode: 'secure' },
        {
          other_config: new Map([
            ['mac-table-size', '9'],
            ['datapath-id', '00000000000000bb'],
            ['disable-in-band', 'true'],
          ]),
        },
      ],
    );
  });

  it('pins the datapath id that a bridge of others has', () => {
    const tables = preparedHost().change('br-int', () => ({
      datapath_id: '0000000000000123',
      other_config: new Map([['disable-in-band', 'true']]),
    }));
    const [update] = planChassis(tables, wanted);
    assert.ok(update?.op === 'update' && 'other_config' in update.row);
    assert.equal((update.row.other_config as Map<string, string>).get('datapath-id'), '0000000000000123');
  });

  it('changes the tunnel address in place', () => {
    assert.deepEqual(brief(preparedHost(), { tunnelIp: '198.18.0.9' }), [
      'update Interface',
      'mutate Open_vSwitch',
    ]);
  });

  it('removes the patch of a mapping that is gone, and nothing of others', () => {
    const tables = preparedHost().addPort({ bridge: 'br-ex', name: 'eth0' });
    assert.deepEqual(brief(tables, { bridgeMappings: [] }), [
      'mutate Bridge',
      'mutate Bridge',
      'mutate Open_vSwitch',
    ]);
  });

  it('moves the outer end when the mapping names another bridge', () => {
    const tables = preparedHost().addBridge('br-wan');
    const bridgeMappings = [{ network: 'external', bridge: 'br-wan' }];
    assert.deepEqual(brief(tables, { bridgeMappings }), [
      'mutate Bridge',
      'mutate Bridge',
      'mutate Open_vSwitch',
    ]);
  });

  it('refuses to take over a port of somebody else, and a bridge that is not there', () => {
    const foreign = new FakeTables().addBridge('br-int').addPort({ bridge: 'br-int', name: 'weft-geneve' });
    assert.throws(() => planChassis(foreign, wanted), { code: 'port-failed', message: /weft-geneve/ });
    assert.throws(() => planChassis(new FakeTables(), wanted), {
      code: 'bridge-missing',
      message: /there is no bridge br-ex.*ovs-vsctl add-br br-ex/,
    });
  });
});

describe('patch names', () => {
  it('fit into 15 characters and differ for networks that begin alike', () => {
    const networks = ['external', 'external-2', 'ex', 'a-very-long-network-name'];
    const names = networks.flatMap((network) => Object.values(patchNames(network)));
    assert.equal(new Set(names).size, names.length);
    for (const name of names) assert.ok(name.length <= 15, name);
    assert.equal(patchNames('lab').inside, 'weft-lab-int');
  });
});
