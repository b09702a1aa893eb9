import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fragment } from '../../testing/golden.ts';
import { dualStackCloud } from '../../testing/scene.ts';
import { World } from '../../testing/world.ts';

const own = 'fd.00.0e.c2.00.00.00.00.00.00.00.00.00.00.02.53';
const other = '20.01.0d.b8.00.00.00.00.00.00.00.00.00.00.00.53';
const internal = '03.65.63.32.08.69.6e.74.65.72.6e.61.6c.00'; // ec2.internal
const example = '01.61.01.62.00'; // a.b

/** A VPC with an interface, what DHCPv6 tells it behind its addresses, and what its router advertises behind the prefix. */
async function told(world: World) {
  const { vpc, subnet } = await dualStackCloud(world);
  const port = await world.create('network-interface', { subnetId: subnet.id, ipv6AddressCount: 1 });
  await world.bind('host-1', port.id, 10);
  const userdata = (flows: readonly string[] | undefined, pattern: RegExp) =>
    flows?.map((flow) => pattern.exec(flow)?.[1]).find((found) => found !== undefined);
  return {
    vpc,
    leased: () =>
      userdata(
        fragment(world, 'interface.guard', `host-1/${port.id}`)?.flows,
        /tp_dst=547 .*userdata=11\.02\.57\.01\.00\.00\.01\.((?:[0-9a-f.]){11})\.01(?:\.[0-9a-f]{2}){16}/,
      ),
    options: () =>
      userdata(
        fragment(world, 'interface.guard', `host-1/${port.id}`)?.flows,
        /tp_dst=547 .*userdata=11(?:\.[0-9a-f]{2}){27}\.?([0-9a-f.]*)\)/,
      ),
    advertised: () =>
      userdata(
        fragment(world, 'subnet.admit', subnet.id)?.flows,
        /icmp_type=133 .*userdata=10(?:\.[0-9a-f]{2}){25}\.?([0-9a-f.]*)\)/,
      ),
    use: async (spec: Record<string, unknown>) => {
      const options = await world.create('dhcp-options', spec);
      await world.update('vpc', vpc.id, { dhcpOptionsId: options.id });
    },
  };
}

describe('what instances are told in IPv6', () => {
  it('is the DNS server of the VPC and the domain of the region, by DHCPv6 and router advertisements', async () => {
    await using world = await World.create();
    const { options, advertised, leased } = await told(world);
    assert.equal(leased(), '00.00.0e.10');
    assert.equal(options(), `00.17.00.10.${own}.00.18.00.0e.${internal}`);
    // Servers and domains have their lifetime of 1,800 s; names are filled up to eight bytes.
    assert.equal(advertised(), `19.03.00.00.00.00.07.08.${own}.1f.03.00.00.00.00.07.08.${internal}.00.00`);
  });

  it('is what the set of the VPC says, time servers of IPv6 in both options that there are', async () => {
    await using world = await World.create();
    const { options, advertised, leased, use } = await told(world);
    await use({
      domainName: 'a.b',
      domainNameServers: ['192.0.2.53', '2001:DB8::53', 'provided'],
      ntpServers: ['192.0.2.1', '2001:db8::53'],
      ipv6PreferredLeaseSeconds: 140,
    });
    assert.equal(leased(), '00.00.00.8c');
    assert.equal(
      options(),
      `00.17.00.20.${other}.${own}.00.18.00.05.${example}.00.1f.00.10.${other}.00.38.00.14.00.01.00.10.${other}`,
    );
    assert.equal(
      advertised(),
      `19.05.00.00.00.00.07.08.${other}.${own}.1f.02.00.00.00.00.07.08.${example}.00.00.00`,
    );
  });

  it('has no DNS server of a VPC that answers none, and nothing at all when there is nothing', async () => {
    await using world = await World.create();
    const { vpc, options, advertised, use } = await told(world);
    await world.update('vpc', vpc.id, { enableDnsSupport: false });
    assert.equal(options(), `00.18.00.0e.${internal}`);
    assert.equal(advertised(), `1f.03.00.00.00.00.07.08.${internal}.00.00`);
    await use({ domainNameServers: ['provided', '192.0.2.53'] });
    assert.equal(options(), '');
    assert.equal(advertised(), '');
  });
});
