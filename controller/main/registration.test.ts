import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HostSpec } from '../resources/index.ts';
import type { Southbound } from '../southbound/index.ts';
import { assertRefused } from '../testing/assertions.ts';
import { World } from '../testing/world.ts';
import { Hosts } from './hosts.ts';

const spec: HostSpec = {
  tunnelAddress: '198.18.0.1',
  zone: 'zone-a',
  datapathId: '0000000000000001',
  tunnelPort: 1,
  externalPorts: { external: 2 },
  computeDrivers: [],
};

function hostsOf(world: World, connected: ReadonlySet<string> = new Set()): Hosts {
  const southbound = {
    hostRegistered: () => undefined,
    liveness: (name: string) => ({ openflow: connected.has(name) ? 'up' : 'down', appliedRevision: 0 }),
  } as unknown as Southbound;
  return new Hosts(world.topology, world.executor, southbound);
}

describe('the registration of a host', () => {
  for (const tunnelAddress of ['999.1.1.1', '0.0.0.0', '224.0.0.1', '255.255.255.255']) {
    it(`refuses the tunnel address ${tunnelAddress}, for a new host and for a known one`, async () => {
      await using world = await World.create();
      const hosts = hostsOf(world);
      const refusal = { code: 'invalid-value', field: 'spec.tunnelAddress', value: tunnelAddress } as const;
      await assertRefused(world, () => hosts.register('a', { ...spec, tunnelAddress }), refusal);
      await hosts.register('a', spec);
      await assertRefused(world, () => hosts.register('a', { ...spec, tunnelAddress }), refusal);
    });
  }

  it('refuses the tunnel address of another host, until that one is gone or has another', async () => {
    await using world = await World.create();
    const hosts = hostsOf(world);
    await hosts.register('a', spec);
    const second = { ...spec, datapathId: '0000000000000002' };
    await assertRefused(world, () => hosts.register('b', second), {
      code: 'already-exists',
      field: 'spec.tunnelAddress',
      value: spec.tunnelAddress,
      fix: /delete host a/,
    });
    await hosts.register('a', { ...spec, tunnelAddress: '198.18.0.9' });
    await hosts.register('b', second);
    assert.equal(world.get('host', 'b').spec.tunnelAddress, spec.tunnelAddress);
  });

  it('refuses a second machine of the same name, as long as the first one is connected', async () => {
    await using world = await World.create();
    const connected = new Set(['a']);
    const hosts = hostsOf(world, connected);
    await hosts.register('a', spec);
    const second = { ...spec, datapathId: '0000000000000002', tunnelAddress: '198.18.0.2' };
    await assertRefused(world, () => hosts.register('a', second), {
      code: 'already-exists',
      field: 'spec.datapathId',
      value: second.datapathId,
      fix: /--host/,
    });
    await hosts.register('a', { ...spec, zone: 'zone-b' });
    connected.clear();
    await hosts.register('a', second);
    assert.equal(world.get('host', 'a').spec.datapathId, second.datapathId);
  });

  it('refuses one port for two purposes', async () => {
    await using world = await World.create();
    const hosts = hostsOf(world);
    for (const [externalPorts, network] of [
      [{ external: 1 }, 'external'],
      [{ external: 2, office: 2 }, 'office'],
    ] as const) {
      await assertRefused(world, () => hosts.register('a', { ...spec, externalPorts }), {
        code: 'invalid-value',
        field: `spec.externalPorts.${network}`,
        value: externalPorts[network as 'external'],
      });
    }
  });
});
