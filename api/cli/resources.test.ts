import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { parse } from 'yaml';
import { hostSpec } from '../rest/testing/harness.ts';
import { type CliHarness, startCliHarness } from './testing/run.ts';

describe('commands on resources', () => {
  let cli: CliHarness;
  let vpc: string;
  let subnet: string;
  const read = async (path: string) => (await cli.call('GET', path)).body;
  before(async () => {
    cli = await startCliHarness();
    await cli.call('PUT', '/v1/hosts/h1', { spec: hostSpec });
    vpc = await cli.id('vpc create --cidr-block 10.0.0.0/16 --name blue --tag team=net');
    subnet = await cli.id('subnet create --vpc blue --cidr-block 10.0.1.0/24 --zone zone-a --name web');
  });
  after(() => cli.close());

  it('prints aligned tables, and more columns when asked', async () => {
    const { out } = await cli.weft('vpc list');
    assert.equal(out, `ID                     NAME  CIDR\n${vpc}  blue  10.0.0.0/16\n`);
    const wide = (await cli.weft('vpc list -o wide')).out.split('\n');
    assert.match(
      wide[0] ?? '',
      /^ID +NAME +CIDR +IPV6 CIDR +DEFAULT GROUP +MAIN ROUTE TABLE +DHCP OPTIONS +DEFAULT NETWORK ACL +REVISION +CREATED$/,
    );
    const column = wide[0]?.indexOf('CIDR') ?? 0;
    assert.equal(wide[1]?.slice(column, column + 11), '10.0.0.0/16');
    assert.match(
      (await cli.weft('host list')).out,
      /^ID +STATE +AGENT +OPENFLOW.*\nh1 +up +up +down +\d+ +192\.0\.2\.11 +zone-a +external\n$/,
    );
  });

  it('prints JSON, YAML and names', async () => {
    const stored = await read(`/v1/vpcs/${vpc}`);
    assert.deepEqual(JSON.parse((await cli.weft('vpc get blue -o json')).out), stored);
    assert.deepEqual(parse((await cli.weft('-o yaml vpc get blue')).out), stored);
    assert.deepEqual(JSON.parse((await cli.weft('vpc list -o json')).out), [stored]);
    assert.equal((await cli.weft('vpc list -o name')).out, `${vpc}\n`);
    assert.match((await cli.weft('vpc describe blue')).out, /^spec\.cidrBlock +10\.0\.0\.0\/16$/m);
  });

  it('keeps control characters of names away from the terminal', async () => {
    await cli.call('POST', '/v1/vpcs', {
      spec: { cidrBlock: '10.7.0.0/16' },
      tags: { Name: 'a\u001b[31mb', other: 'x' },
    });
    const { out } = await cli.weft('vpc list --tag other=x');
    assert.match(out, /a�\[31mb/);
    assert.equal(out.includes('\u001b'), false);
  });

  it('filters lists', async () => {
    const other = await cli.id('vpc create --cidr-block 10.1.0.0/16 --name red');
    assert.equal((await cli.weft('subnet list --vpc red -o name')).out, '');
    assert.equal((await cli.weft(`subnet list --vpc ${vpc} -o name`)).out, `${subnet}\n`);
    assert.equal((await cli.weft('vpc list --tag Name=red -o name')).out, `${other}\n`);
    assert.equal((await cli.weft('vpc list --filter spec.cidrBlock=10.1.0.0/16 -o name')).out, `${other}\n`);
    const wrong = await cli.weft('vpc list --filter spec.cidr=x');
    assert.equal(wrong.code, 1);
    assert.match(wrong.err, /^weft: vpc has no field spec\.cidr to filter by \(x\) — .*cidrBlock/);
    assert.equal((await cli.weft('vpc list --filter cidr')).code, 2);
  });

  it('makes groups, allows and revokes', async () => {
    await cli.id('security-group create --vpc blue --name web');
    const red = await cli.id('sg create --vpc red --name web');
    const both = await cli.weft('sg allow web --protocol tcp --port 80 --from-cidr 0.0.0.0/0');
    assert.equal(both.code, 1);
    assert.match(both.err, new RegExp(`2 security groups have the name web — .*${red} \\(web in vpc-`));
    await cli.id('sg create --vpc blue --name db');
    const rule = await cli.id('sg allow db --protocol tcp --port 5432-5433 --from-group web');
    const { spec } = await read(`/v1/security-group-rules/${rule}`);
    assert.deepEqual(
      [spec.direction, spec.protocol, spec.fromPort, spec.toPort],
      ['ingress', 'tcp', 5432, 5433],
    );
    assert.notEqual(spec.referencedGroupId, red, 'a group by name is one of the same VPC');
    const ping = await cli.id('sg allow db --protocol icmp --icmp-type 8 --to-cidr 10.0.0.0/8');
    const numbered = await cli.id('sg allow db --protocol 47 --from-cidr 10.0.0.0/8 --description gre');
    assert.equal((await read(`/v1/security-group-rules/${numbered}`)).spec.protocol, 47);
    const { out } = await cli.weft('sg rules db');
    assert.match(out, /ingress +tcp 5432-5433 +from sg-/);
    assert.match(out, /egress +icmp type 8 +to 10\.0\.0\.0\/8/);
    assert.equal((await cli.weft(`sg revoke ${rule} ${ping}`)).out, `revoked ${rule}\nrevoked ${ping}\n`);
    assert.equal((await cli.weft('sg rules db -o name')).out, `${numbered}\n`);
    assert.equal((await cli.weft('sg update db --description store --tag tier=2')).code, 0);
  });

  it('refuses rules without exactly one other side, and ports that are none', async () => {
    const before = cli.controller.revision;
    for (const line of [
      'sg allow db --protocol tcp --port 80',
      'sg allow db --from-cidr 10.0.0.0/8 --to-cidr 10.0.0.0/8',
      'sg allow db --port http --from-cidr 10.0.0.0/8',
      'sg allow db --icmp-type 300 --from-cidr 10.0.0.0/8',
    ]) {
      assert.equal((await cli.weft(line)).code, 2, line);
    }
    assert.equal(cli.controller.revision, before);
  });

  it('edits routes, of a table or of the main table of a VPC', async () => {
    const table = await cli.id('route-table create --vpc blue --name private');
    await cli.weft(
      'external-network create --name external --cidr-block 203.0.113.0/24 --range 203.0.113.10-203.0.113.99',
    );
    const gateway = await cli.id('internet-gateway create --vpc blue --name out');
    assert.equal(
      (await cli.weft('rtb add-route private --destination 0.0.0.0/0 --target blackhole')).code,
      0,
    );
    assert.equal((await cli.weft('rtb add-route private --destination 0.0.0.0/0 --target out')).code, 0);
    assert.equal(
      (await cli.weft('rtb add-route private --destination 10.9.0.0/16 --target blackhole')).code,
      0,
    );
    assert.deepEqual((await read(`/v1/route-tables/${table}`)).spec.routes, [
      { destination: '0.0.0.0/0', target: gateway },
      { destination: '10.9.0.0/16', target: 'blackhole' },
    ]);
    assert.equal((await cli.weft('rtb remove-route private --destination 10.9.0.0/16')).code, 0);
    const absent = await cli.weft('rtb remove-route private --destination 10.9.0.0/16');
    assert.equal(absent.code, 1);
    assert.match(
      absent.err,
      /no route to this destination \(--destination, 10\.9\.0\.0\/16\) — Its routes: 0\.0\.0\.0\/0\./,
    );
    const main = (await read(`/v1/vpcs/${vpc}`)).spec.mainRouteTableId;
    cli.controller.put('route-table', main, { spec: { vpcId: vpc, routes: [] }, status: {}, tags: {} });
    assert.equal((await cli.weft('rtb add-route --vpc blue --destination 0.0.0.0/0 --target out')).code, 0);
    assert.equal((await read(`/v1/route-tables/${main}`)).spec.routes.length, 1);
    assert.equal((await cli.weft('rtb add-route --destination 0.0.0.0/0 --target out')).code, 2);
    const port = 'eni-0123456789abcdef0';
    const toInterface = `rtb add-route private --destination 10.8.0.0/16 --target ${port}`;
    assert.equal((await cli.weft(toInterface)).code, 0);
    assert.match((await cli.weft('rtb list')).out, new RegExp(`10.8.0.0/16 → ${port}`));
    const gatewayOf = async () => (await read(`/v1/route-tables/${table}`)).spec.internetGatewayId;
    assert.equal((await cli.weft('rtb associate private --internet-gateway out')).code, 0);
    assert.equal(await gatewayOf(), gateway);
    assert.match((await cli.weft('rtb list -o wide')).out, new RegExp(gateway));
    assert.match((await cli.weft('rtb associate private --internet-gateway nobody')).err, /nobody/);
    assert.equal((await cli.weft('rtb disassociate private')).code, 0);
    assert.equal(await gatewayOf(), undefined);
    assert.equal((await cli.weft('subnet update web --route-table private')).code, 0);
    assert.equal((await read(`/v1/subnets/${subnet}`)).spec.routeTableId, table);
    assert.equal((await cli.weft('subnet update web --route-table main --tag x=y')).code, 0);
    assert.equal('routeTableId' in (await read(`/v1/subnets/${subnet}`)).spec, false);
    assert.deepEqual((await read(`/v1/subnets/${subnet}`)).tags, { Name: 'web', x: 'y' });
  });

  it('changes tags of every kind, and refuses to change nothing', async () => {
    const id = await cli.id('vpc create --cidr-block 10.8.0.0/16 --name old --tag a=1 --tag b=2');
    assert.equal((await cli.weft('vpc update old --name new --tag c=3 --untag a')).code, 0);
    assert.deepEqual((await read(`/v1/vpcs/${id}`)).tags, { Name: 'new', b: '2', c: '3' });
    const nothing = await cli.weft('vpc update new');
    assert.equal(nothing.code, 2);
    assert.match(nothing.err, /nothing to change/);
    assert.equal((await cli.weft('vpc delete new')).code, 0);
    assert.equal((await cli.weft('host update h1 --tag a=1')).code, 2);
    assert.equal(
      (await cli.weft('external-network update external --range 203.0.113.5-203.0.113.6')).code,
      0,
    );
    const [network] = (await read('/v1/external-networks')).items;
    assert.deepEqual(network.spec.addressRanges, [{ first: '203.0.113.5', last: '203.0.113.6' }]);
  });

  it('attaches and detaches gateways', async () => {
    const gateway = await cli.id('igw create --external-network external --name spare');
    assert.equal((await cli.weft('igw attach spare --vpc red')).code, 0);
    assert.equal((await cli.weft('igw list --vpc red -o name')).out, `${gateway}\n`);
    assert.equal((await cli.weft('igw detach spare')).code, 0);
    assert.equal((await cli.weft('igw list --vpc red -o name')).out, '');
  });

  it('moves elastic IPs', async () => {
    const port = await cli.id('interface create --subnet web --private-address 10.0.1.20 --name p1');
    const eip = await cli.id('elastic-ip allocate --address 203.0.113.20 --name front');
    assert.equal((await cli.weft('eip associate 203.0.113.20 --interface p1')).code, 0);
    assert.equal((await read(`/v1/elastic-ips/${eip}`)).spec.networkInterfaceId, port);
    assert.equal((await cli.weft('eip disassociate front')).code, 0);
    const instance = await cli.id('instance run --interface p1 --name vm1 --host h1');
    assert.equal((await cli.weft('eip associate front --instance vm1')).code, 0);
    assert.equal((await read(`/v1/elastic-ips/${eip}`)).spec.networkInterfaceId, port);
    assert.equal((await cli.weft('eip associate front')).code, 2);
    assert.equal((await cli.weft('eip associate front --interface p1 --instance vm1')).code, 2);
    assert.equal((await cli.weft('eip release front')).out, `released ${eip}\n`);
    assert.equal((await cli.weft('instance terminate vm1')).out, `terminated ${instance}\n`);
  });

  it('tells what a NAT gateway has translated', async () => {
    await cli.id('vpc create --cidr-block 10.77.0.0/16 --name nat');
    await cli.id('subnet create --vpc nat --cidr-block 10.77.1.0/24 --name behind');
    const id = await cli.id('nat-gateway create --subnet behind --private --name n1');
    const { out } = await cli.weft('nat-gateway counters n1');
    assert.match(
      out,
      /^HOST +CONNECTIONS +NO PORT +PACKETS OUT +BYTES OUT +PACKETS BACK +BYTES BACK\nh1 +1 +0 +3 +300 +2 +200$/m,
    );
    const counted = JSON.parse((await cli.weft(`nat-gateway counters ${id} -o json`)).out);
    assert.equal(counted.connections, 1);
    assert.equal((await cli.weft('nat-gateway counters none')).code, 1);
    for (const line of ['nat-gateway delete n1', 'subnet delete behind', 'vpc delete nat']) {
      assert.equal((await cli.weft(line)).code, 0, line);
    }
  });

  it('says what an interface may send from besides its address, and takes it back', async () => {
    const port = await cli.id(
      'interface create --subnet web --name shared --secondary-private-address 10.0.1.90 ' +
        '--allowed-pair 10.0.1.100 --allowed-pair 10.0.1.101/32,00:00:5e:00:01:01 --no-source-destination-check',
    );
    const before = (await read(`/v1/network-interfaces/${port}`)).spec;
    assert.deepEqual(before.secondaryPrivateAddresses, ['10.0.1.90']);
    assert.equal(before.sourceDestinationCheck, false);
    assert.deepEqual(before.allowedAddressPairs, [
      { cidrBlock: '10.0.1.100' },
      { cidrBlock: '10.0.1.101/32', macAddress: '00:00:5e:00:01:01' },
    ]);
    const none = 'interface update shared --secondary-private-address none --allowed-pair none';
    assert.equal((await cli.weft(`${none} --source-destination-check`)).code, 0);
    const after = (await read(`/v1/network-interfaces/${port}`)).spec;
    assert.deepEqual([after.secondaryPrivateAddresses ?? [], after.allowedAddressPairs ?? []], [[], []]);
    assert.notEqual(after.sourceDestinationCheck, false);
    assert.equal((await cli.weft('interface update shared --allowed-pair nowhere')).code, 1);
  });

  it('lends an interface a public address, and takes it back', async () => {
    const port = await cli.id('interface create --subnet web --name lent');
    const chosen = async () => (await read(`/v1/network-interfaces/${port}`)).spec.associatePublicAddress;
    assert.equal((await cli.weft('interface update lent --public-address')).code, 0);
    assert.equal(await chosen(), true);
    assert.equal((await cli.weft('interface update lent --no-public-address')).code, 0);
    assert.notEqual(await chosen(), true);
  });

  it('says whether a VPC answers DNS and has public names, and whether a peer is told them', async () => {
    const [one, two] = [
      await cli.id('vpc create --cidr-block 10.30.0.0/16 --name one --no-dns-support'),
      await cli.id('vpc create --cidr-block 10.31.0.0/16 --name two --dns-hostnames'),
    ];
    const dns = async (id: string) => {
      const { enableDnsSupport, enableDnsHostnames } = (await read(`/v1/vpcs/${id}`)).spec;
      return [enableDnsSupport, enableDnsHostnames];
    };
    assert.deepEqual(await dns(one), [false, undefined]);
    assert.deepEqual(await dns(two), [undefined, true]);
    assert.equal((await cli.weft('vpc update one --dns-support --dns-hostnames')).code, 0);
    assert.deepEqual(await dns(one), [true, true]);
    assert.equal((await cli.weft('vpc update one --no-dns-hostnames')).code, 0);
    assert.deepEqual(await dns(one), [true, false]);
    const id = await cli.id('vpc-peering create --vpc one --with two --name joined');
    assert.equal((await cli.weft('vpc-peering accept joined')).code, 0);
    const allow = 'vpc-peering update joined --accepter-allows-dns --no-requester-allows-dns';
    assert.equal((await cli.weft(allow)).code, 0);
    const { requesterAllowsDns, accepterAllowsDns } = (await read(`/v1/vpc-peering-connections/${id}`)).spec;
    assert.deepEqual([requesterAllowsDns, accepterAllowsDns], [false, true]);
    for (const line of ['vpc-peering delete joined', 'vpc delete one', 'vpc delete two']) {
      assert.equal((await cli.weft(line)).code, 0, line);
    }
  });

  it('gives an interface prefixes, and takes them back', async () => {
    const port = await cli.id('interface create --subnet web --name node --ipv4-prefix 10.0.1.192/28');
    const spec = async () => (await read(`/v1/network-interfaces/${port}`)).spec;
    assert.deepEqual((await spec()).ipv4Prefixes, ['10.0.1.192/28']);
    const count = 'interface update node --ipv6-prefix-count 1 --ipv4-prefix-count 2';
    assert.equal((await cli.weft(count)).code, 0);
    assert.deepEqual([(await spec()).ipv4PrefixCount, (await spec()).ipv6PrefixCount], [2, 1]);
    assert.match((await cli.weft('interface list -o wide')).out, /PREFIXES[\s\S]* 10\.0\.1\.192\/28 /);
    assert.equal((await cli.weft('interface update node --ipv4-prefix none')).code, 0);
    assert.deepEqual((await spec()).ipv4Prefixes, []);
    assert.equal((await cli.weft('interface update node --ipv4-prefix nowhere')).code, 1);
    assert.equal((await cli.weft('interface delete node')).code, 0);
  });

  it('shows how many addresses of a subnet are free', async () => {
    assert.match((await cli.weft('subnet list')).out, /FREE[\s\S]* 251 /);
    assert.match((await cli.weft('subnet describe web')).out, /^freeAddresses +251$/m);
  });

  it('changes the groups of an interface', async () => {
    const port = await cli.id('interface create --subnet web --group web --name p2');
    assert.equal((await cli.weft('interface update p2 --group web --group db --description two')).code, 0);
    const { spec } = await read(`/v1/network-interfaces/${port}`);
    assert.equal(spec.securityGroupIds.length, 2);
    assert.equal(spec.description, 'two');
    assert.equal((await cli.weft('interface update p2 --group none')).code, 1);
  });

  it('shows and removes bindings, whose ids have a slash', async () => {
    const port = await cli.id('interface create --subnet web --name bound');
    await cli.controller.bind('h1', { networkInterfaceId: port, ofport: 9 });
    assert.match((await cli.weft('binding list')).out, new RegExp(`^h1/${port} +h1 +${port} +9$`, 'm'));
    assert.match((await cli.weft(`binding get h1/${port}`)).out, /^spec\.ofport +9$/m);
    assert.equal((await cli.weft(`binding delete h1/${port}`)).out, `deleted h1/${port}\n`);
    assert.equal((await cli.weft(`binding get h1/${port}`)).code, 1);
  });

  it('deletes nothing when one of the names is wrong', async () => {
    const revision = cli.controller.revision;
    const { code, err } = await cli.weft('vpc delete red rde');
    assert.equal(code, 1);
    assert.match(err, /^weft: there is no vpc with the name or id rde — /);
    assert.equal(cli.controller.revision, revision);
  });

  it('shows everything as a tree', async () => {
    const { out } = await cli.weft('list');
    assert.match(out, new RegExp(`^vpc  blue  ${vpc}  10\\.0\\.0\\.0/16$`, 'm'));
    assert.match(out, /^├─ subnet {2}web {2}subnet-\w+ {2}10\.0\.1\.0\/24 {2}zone zone-a$/m);
    assert.match(out, /^│ {2}├─ interface {2}p1 .* groups /m);
    assert.match(out, /^├─ security group {2}web {2}sg-/m);
    assert.match(out, /sgr-\w+ {2}allow 47 from 10\.0\.0\.0\/8$/m);
    assert.match(out, /^host {2}h1 {2}192\.0\.2\.11 {2}zone zone-a {2}agent up {2}openflow down$/m);
    assert.match((await cli.weft('list -o name')).out, new RegExp(`^vpc/${vpc}$`, 'm'));
    assert.equal(JSON.parse((await cli.weft('list -o json')).out).vpc.length, 3);
  });

  it('says so when there is nothing', async () => {
    const empty = await startCliHarness();
    assert.match((await empty.weft('list')).out, /^Nothing is here yet\./);
    await empty.close();
  });
});
