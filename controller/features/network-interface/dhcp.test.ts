import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fragment } from '../../testing/golden.ts';
import { network } from '../../testing/scene.ts';
import { World } from '../../testing/world.ts';

/** What follows each other in the userdata of a DHCP answer: see pipeline/responders.ts. */
const answer = (...parts: string[]) => `resubmit(,limit),controller(id=22342,userdata=${parts.join('.')})`;

async function answersFor(
  world: World,
  subnetId: string,
  privateAddress: string,
): Promise<(string | undefined)[]> {
  const port = await world.create('network-interface', { subnetId, privateAddress });
  await world.bind('host-1', port.id, 10);
  const flows = fragment(world, 'interface.guard', `host-1/${port.id}`)?.flows ?? [];
  return flows.filter((flow) => flow.startsWith('table=admit')).map((flow) => flow.split(' actions=')[1]);
}

describe('the DHCP answer of an interface', () => {
  it('carries its address, its router and every option of the subnet', async () => {
    await using world = await World.create();
    await world.host(1);
    const { subnet } = await network(world);
    const expected = answer(
      '01', // DHCPv4
      '0a.00.01.04', // 10.0.1.4
      '0a.00.01.01', // from 10.0.1.1
      '02.57.01.00.00.01', // at the gateway's MAC
      '01.04.ff.ff.ff.00', // mask of a /24
      '03.04.0a.00.01.01', // router
      '06.04.0a.00.00.02', // DNS server 10.0.0.2
      '0c.0b.69.70.2d.31.30.2d.30.2d.31.2d.34', // ip-10-0-1-4
      '0f.0c.65.63.32.2e.69.6e.74.65.72.6e.61.6c', // ec2.internal
      '1a.02.05.a2', // MTU 1442 = 1500 - 58 (Geneve with the identity option over IPv4)
      '33.04.00.00.0e.10', // lease of 3600 s
      '3a.04.00.00.07.08', // renewal after half of it
      '3b.04.00.00.0c.4e', // rebinding after seven eighths
      '79.17.20.a9.fe.a9.fd.0a.00.01.01.20.a9.fe.a9.fe.0a.00.01.01.00.0a.00.01.01', // routes for those who ask
    );
    assert.deepEqual(await answersFor(world, subnet.id, '10.0.1.4'), [expected, expected]);
  });

  it('differs with the subnet: another mask, router and MAC', async () => {
    await using world = await World.create();
    await world.host(1);
    const { vpc } = await network(world, '172.16.0.0/16');
    const small = await world.create('subnet', { vpcId: vpc.id, cidrBlock: '172.16.255.240/28' });
    const expected = answer(
      '01',
      'ac.10.ff.fe',
      'ac.10.ff.f1',
      '02.57.01.00.00.02',
      '01.04.ff.ff.ff.f0',
      '03.04.ac.10.ff.f1',
      '06.04.ac.10.00.02',
      '0c.11.69.70.2d.31.37.32.2d.31.36.2d.32.35.35.2d.32.35.34', // ip-172-16-255-254
      '0f.0c.65.63.32.2e.69.6e.74.65.72.6e.61.6c',
      '1a.02.05.a2',
      '33.04.00.00.0e.10',
      '3a.04.00.00.07.08',
      '3b.04.00.00.0c.4e',
      '79.17.20.a9.fe.a9.fd.ac.10.ff.f1.20.a9.fe.a9.fe.ac.10.ff.f1.00.ac.10.ff.f1',
    );
    assert.deepEqual(await answersFor(world, small.id, '172.16.255.254'), [expected, expected]);
  });

  it('follows the set of options that the VPC uses, on the hosts of its interfaces alone', async () => {
    await using world = await World.create();
    await world.host(1);
    const { vpc, subnet } = await network(world);
    const other = await network(world);
    await answersFor(world, other.subnet.id, '10.0.1.4');
    const before = await answersFor(world, subnet.id, '10.0.1.5');
    const options = await world.create('dhcp-options', {
      domainName: 'a.b',
      domainNameServers: ['192.0.2.53', 'provided'],
      ntpServers: ['192.0.2.1'],
      netbiosNameServers: ['192.0.2.2', '192.0.2.3'],
      netbiosNodeType: 2,
      leaseSeconds: 600,
    });
    const [port] = [...world.topology.referrers(vpc, 'in-vpc', 'network-interface')];
    const answers = () =>
      fragment(world, 'interface.guard', `host-1/${port?.id}`)
        ?.flows.filter((flow) => flow.startsWith('table=admit'))
        .map((flow) => flow.split(' actions=')[1]);
    await world.update('vpc', vpc.id, { dhcpOptionsId: options.id });
    for (const text of answers() ?? []) {
      assert.match(text ?? '', /06\.08\.c0\.00\.02\.35\.0a\.00\.00\.02\.0c/, 'both DNS servers');
      assert.match(text ?? '', /0f\.03\.61\.2e\.62\./, 'the domain');
      assert.match(text ?? '', /2a\.04\.c0\.00\.02\.01\.2c\./, 'time server');
      assert.match(text ?? '', /2c\.08\.c0\.00\.02\.02\.c0\.00\.02\.03\.2e\.01\.02\.33\./, 'NetBIOS');
      assert.match(text ?? '', /33\.04\.00\.00\.02\.58\./, 'lease');
    }
    const touched = [...(world.changes.at(-1)?.scopes ?? [])].flatMap(([scope, changes]) =>
      changes.map(({ after }) => `${scope} ${after?.key}`),
    );
    assert.deepEqual(touched, [`host:host-1 22:host-1/${port?.id}`]);
    await world.update('vpc', vpc.id, { enableDnsSupport: false });
    assert.match(answers()?.[0] ?? '', /06\.04\.c0\.00\.02\.35\.0c/, 'without the server of the VPC');
    await world.update('vpc', vpc.id, { enableDnsSupport: true, dhcpOptionsId: null });
    assert.deepEqual(answers(), before);
  });
});
