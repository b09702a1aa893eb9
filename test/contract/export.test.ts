import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type ApiKind, type BatchOperation, mapTexts, WeftClient } from '@weft/api/contract';
import { run } from '../../api/cli/testing/run.ts';
import { hostSpec } from '../../api/rest/testing/harness.ts';
import { Steering, startCloud } from './cloud.ts';

type Spec = Record<string, unknown>;

const create = (as: string, kind: ApiKind, spec: Spec): BatchOperation => ({
  operation: 'create',
  kind,
  as,
  spec,
  // Rules that are as those that come by themselves stay so.
  tags: kind === 'security-group-rule' ? {} : { Name: as },
});
const update = (kind: ApiKind, id: string, spec: Spec): BatchOperation => ({
  operation: 'update',
  kind,
  id,
  spec,
});
const rule = (as: string, group: string, spec: Spec) =>
  create(as, 'security-group-rule', {
    groupId: `$${group}`,
    direction: 'ingress',
    protocol: 'tcp',
    fromPort: 80,
    toPort: 80,
    ...spec,
  });

/** One of everything that a manifest can make, with what differs from what would come by itself. */
const network: readonly BatchOperation[] = [
  create('outside', 'external-network', {
    name: 'outside',
    cidrBlock: '203.0.113.0/24',
    addressRanges: [{ first: '203.0.113.10', last: '203.0.113.20' }],
    ipv6CidrBlock: '2001:db8::/40',
  }),
  create('names', 'dhcp-options', { domainName: 'example.org' }),
  create('offices', 'prefix-list', {
    name: 'offices',
    maxEntries: 5,
    entries: [{ cidr: '198.51.100.0/24', description: '$$ first' }],
  }),
  create('cloud', 'vpc', { cidrBlock: '10.0.0.0/16', ipv6CidrBlock: 'auto', dhcpOptionsId: '$names' }),
  create('other', 'vpc', { cidrBlock: '10.1.0.0/16', secondaryCidrBlocks: ['10.2.0.0/16'] }),
  create('joined', 'vpc-peering-connection', { requesterVpcId: '$cloud', accepterVpcId: '$other' }),
  update('vpc-peering-connection', '$joined', { state: 'active', requesterAllowsDns: true }),
  create('third', 'vpc', { cidrBlock: '10.3.0.0/16' }),
  create('asked', 'vpc-peering-connection', { requesterVpcId: '$cloud', accepterVpcId: '$third' }),
  create('door', 'internet-gateway', { vpcId: '$cloud' }),
  create('out6', 'egress-only-internet-gateway', { vpcId: '$cloud' }),
  create('private', 'route-table', { vpcId: '$cloud' }),
  create('strict', 'network-acl', {
    vpcId: '$cloud',
    entries: [
      { number: 10, direction: 'ingress', action: 'deny', protocol: 'all', cidrIpv4: '192.0.2.0/24' },
    ],
  }),
  create('front', 'subnet', {
    vpcId: '$cloud',
    cidrBlock: '10.0.1.0/24',
    ipv6CidrBlock: 'auto',
    zone: hostSpec.zone,
    routeTableId: '$private',
    networkAclId: '$strict',
  }),
  create('open', 'security-group', { vpcId: '$cloud', name: 'open' }),
  create('closed', 'security-group', { vpcId: '$cloud', name: 'closed', description: 'nothing gets out' }),
  create('empty', 'security-group', { vpcId: '$cloud', name: 'empty', defaultRules: false }),
  rule('from-offices', 'closed', { prefixListId: '$offices' }),
  rule('from-open', 'closed', { referencedGroupId: '$open', description: 'between' }),
  create('server', 'network-interface', { subnetId: '$front', securityGroupIds: ['$closed', '$open'] }),
  create('web', 'instance', { networkInterfaceIds: ['$server'], hostId: 'h1' }),
  create('ready', 'instance', { subnetId: '$front', hostId: 'h1', associatePublicAddress: true }),
  update('instance', '$web', { desiredState: 'stopped' }),
  create('edge', 'route-table', {
    vpcId: '$cloud',
    internetGatewayId: '$door',
    routes: [{ destination: '10.0.1.0/24', target: '$server' }],
  }),
  create('address', 'elastic-ip', { networkInterfaceId: '$server' }),
  create('nat-address', 'elastic-ip', {}),
  create('nat', 'nat-gateway', { subnetId: '$front', elasticIpId: '$nat-address' }),
  // A table of the subnet in which the gateway is that it leads to.
  update('route-table', '$private', {
    routes: [
      { destination: '192.0.2.0/24', target: '$nat' },
      { destination: '10.1.0.0/16', target: '$joined' },
      { destinationIpv6: '::/0', target: '$out6' },
      { destination: '$offices', target: '$server' },
    ],
  }),
  update('route-table', '$cloud.spec.mainRouteTableId', {
    routes: [{ destination: '0.0.0.0/0', target: '$door' }],
  }),
];

describe('weft export', () => {
  let folder: string;
  const clouds: Awaited<ReturnType<typeof startCloud>>[] = [];
  const clients: WeftClient[] = [];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weft-export-'));
    for (const _ of [1, 2]) {
      const cloud = await startCloud(new Steering());
      clouds.push(cloud);
      const client = new WeftClient({ url: cloud.url });
      clients.push(client);
      await client.registerHost('h1', hostSpec);
      await cloud.connectSwitch();
    }
  });
  after(async () => {
    for (const client of clients) client.close();
    for (const cloud of clouds) await cloud.close();
    await rm(folder, { recursive: true });
  });

  const weft = async (cloud: number, line: string) => {
    const { code, out, err } = await run(line.split(' '), { WEFT_API: clouds[cloud]?.url ?? '' });
    assert.equal(code, 0, `${line}: ${err}`);
    return out;
  };

  /** All specs of a cloud, with names for ids, and without what is drawn by lot. */
  async function described(client: WeftClient, kinds: Iterable<ApiKind>): Promise<Record<string, string[]>> {
    const lists = new Map<ApiKind, { id: string; spec: object; tags: Record<string, string> }[]>();
    for (const kind of kinds) lists.set(kind, (await client.listAll(kind)).items);
    const names = new Map<string, string>();
    for (const { id, tags } of [...lists.values()].flat()) if (tags.Name) names.set(id, tags.Name);
    for (const { id, spec } of lists.get('vpc') ?? []) {
      for (const field of ['defaultSecurityGroupId', 'mainRouteTableId', 'defaultNetworkAclId']) {
        names.set((spec as Record<string, string>)[field] ?? '', `${names.get(id)} ${field}`);
      }
    }
    const drawn = new Set(['macAddress', 'launchedAt', 'deleteOnTermination']);
    const text = ({ id, spec }: { id: string; spec: object }) =>
      `${names.get(id) ?? ''} ${JSON.stringify(
        mapTexts(
          Object.fromEntries(
            Object.entries(spec)
              .filter(([field]) => !drawn.has(field) && !(field === 'address' && 'ephemeral' in spec))
              .sort(([a], [b]) => a.localeCompare(b)),
          ),
          (each) => names.get(each) ?? each.replace(/^eni-[0-9a-f]{17}$/, 'an interface'),
        ),
      )}`;
    return Object.fromEntries([...lists].map(([kind, items]) => [kind, items.map(text).sort()]));
  }

  it('writes what makes the same again, whatever there is and whatever was taken away', async () => {
    const [first, second] = clients as [WeftClient, WeftClient];
    await first.batch(network);
    const { items: rules } = await first.listAll('security-group-rule', { 'spec.direction': 'egress' });
    const groups = await first.listAll('security-group');
    const closed = groups.items.find(({ spec }) => spec.name === 'closed')?.id;
    const other = (await first.listAll('vpc', { 'tag.Name': 'other' })).items[0]?.spec.defaultSecurityGroupId;
    for (const { id, spec } of rules) {
      if ([closed, other].includes(spec.groupId)) await first.remove('security-group-rule', id);
    }

    const manifest = join(folder, 'everything.yaml');
    await writeFile(manifest, await weft(0, 'export'));
    const text = await readFile(manifest, 'utf8');
    await weft(1, `plan -f ${manifest}`);
    await weft(1, `apply -f ${manifest}`);

    const kinds = new Set(network.map(({ kind }) => kind));
    const [before, afterwards] = [await described(first, kinds), await described(second, kinds)];
    for (const kind of kinds) assert.deepEqual(afterwards[kind], before[kind], `${kind}\n${text}`);
    assert.match(await weft(1, `plan -f ${manifest}`), /^Nothing to do/, text);

    await weft(1, `delete -f ${manifest}`);
    for (const kind of kinds) assert.deepEqual((await second.listAll(kind)).items, [], kind);
  });
});
