import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { InstanceRecord, ServiceRecord } from '@weft/api/contract';
import fc from 'fast-check';
import { documentsOf, lookUp } from './documents.ts';
import { MetadataServer } from './metadata.ts';
import { answerForVpc, isInside, responseCodes } from './names.ts';
import { type KnownNames, Records } from './records.ts';
import { Tokens } from './tokens.ts';

const record: ServiceRecord = {
  interfaceId: 'eni-1',
  account: '123456789012',
  region: 'us-east-1',
  zone: 'zone-a',
  address: '10.0.1.4',
  mac: '02:57:00:00:00:01',
  hostname: 'ip-10-0-1-4.a.b',
  secondaryAddresses: ['10.0.1.5'],
  publicAddresses: [
    { address: '203.0.113.10', privateAddress: '10.0.1.4' },
    { address: '203.0.113.11', privateAddress: '10.0.1.5' },
  ],
  publicName: 'ec2-203-0-113-10.compute-1.amazonaws.com',
  groups: [
    { id: 'sg-1', name: 'web' },
    { id: 'sg-2', name: 'db' },
  ],
  subnet: { id: 'subnet-1', cidr: '10.0.1.0/24' },
  vpc: { id: 'vpc-1', number: 7, cidrs: ['10.0.0.0/16', '100.64.0.0/20'] },
  dns: { enabled: true, domains: ['a.b', 'ec2.internal'], publicDomain: 'compute-1.amazonaws.com' },
  instance: {
    id: 'i-0123456789abcdef0',
    startedAt: '2026-01-01T00:00:00.000Z',
    device: 1,
    tags: { Name: 'web-1', 'a/b': 'c' },
    userData: Buffer.from([0x23, 0x21, 0xff]).toString('base64'),
  },
};

/** What a switch would have: a peer that allows its names, one that does not, and public addresses of both and the VPC. */
const known: KnownNames = {
  publicNames: async (address) =>
    ({
      '203.0.113.10': [{ vpcId: 'vpc-1', address: '10.0.1.4' }],
      '203.0.113.20': [{ vpcId: 'vpc-open', address: '10.1.0.5' }],
      '203.0.113.30': [{ vpcId: 'vpc-closed', address: '10.2.0.5' }],
    })[address] ?? [],
  peersOf: async (vpcNumber) =>
    vpcNumber === 7
      ? [
          { vpcId: 'vpc-open', cidrs: ['10.1.0.0/16', '100.80.0.0/20'], allowsDns: true },
          { vpcId: 'vpc-closed', cidrs: ['10.2.0.0/16'], allowsDns: false },
        ]
      : [],
};
const unreachable: KnownNames = { publicNames: async () => undefined, peersOf: async () => undefined };

describe('names of a VPC', () => {
  const ask = (name: string, type = 'A', from: KnownNames = known) =>
    answerForVpc(record, { name, type: type as 'A' }, from);
  const data = async (name: string, type?: string) =>
    (await ask(name, type))?.answers.map((answer) => 'data' in answer && answer.data);

  it('are told for its addresses in each of its domains, whatever the case', async () => {
    assert.deepEqual(await data('ip-10-0-7-9.ec2.internal'), ['10.0.7.9']);
    assert.deepEqual(await data('IP-10-0-7-9.A.b'), ['10.0.7.9']);
    assert.deepEqual(await data('i-0123456789abcdef0.a.b'), ['10.0.1.4']);
    assert.deepEqual(await data('9.7.0.10.in-addr.arpa', 'PTR'), ['ip-10-0-7-9.a.b']);
    assert.deepEqual(await data('ip-100-64-15-9.ec2.internal'), ['100.64.15.9']);
  });

  it('have the IPv6 addresses of the asker, there and back', async () => {
    const own = 'i-0123456789abcdef0.a.b';
    const two = { ...record, ipv6Addresses: ['2001:db8::104', '2001:db8::a'] };
    const answers = async (name: string, type: string, of: ServiceRecord = two) =>
      (await answerForVpc(of, { name, type: type as 'A' }, known))?.answers.map(
        (answer) => 'data' in answer && answer.data,
      );
    assert.deepEqual(await answers(own, 'AAAA'), two.ipv6Addresses);
    assert.deepEqual(await answers(own, 'ANY'), ['10.0.1.4', ...two.ipv6Addresses]);
    assert.deepEqual(await answers(own, 'TXT'), []);
    const zone = '0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa';
    assert.deepEqual(await answers(`4.0.1.${zone}`, 'PTR'), [own]);
    assert.deepEqual(await answers(`A.0.0.${zone}`, 'PTR'), [own]);
    assert.equal(await answers(`5.0.1.${zone}`, 'PTR'), undefined, 'somebody outside may know it');
    const { instance: _none, ...bare } = two;
    assert.equal(await answers(`4.0.1.${zone}`, 'PTR', bare), undefined);
    const { ipv6Addresses: _no, ...ipv4 } = two;
    assert.deepEqual(await answers(own, 'AAAA', ipv4), []);
  });

  it('exist without every record, and do not exist for other addresses', async () => {
    assert.deepEqual(await ask('ip-10-0-7-9.a.b', 'AAAA'), { code: responseCodes.noError, answers: [] });
    assert.deepEqual(await ask('a.b', 'NS'), { code: responseCodes.noError, answers: [] });
    for (const name of [
      'ip-10-9-0-9',
      'ip-100-64-16-9',
      'ip-10-0-0-256',
      'ip-10-0-0-09',
      'ip-10-0-0',
      'www',
      'i-0',
    ]) {
      assert.equal((await ask(`${name}.ec2.internal`))?.code, responseCodes.noName, name);
      assert.equal(await ask(`${name}.a.b`), undefined, 'somebody outside may know it');
    }
  });

  it('leave everything else to others', async () => {
    for (const name of ['example.com', 'a.b.c', 'xa.b', '9.7.9.10.in-addr.arpa', '1.10.in-addr.arpa']) {
      assert.equal(await ask(name), undefined, name);
    }
  });

  it('are told for addresses of peered VPCs in the domain of the region, as far as these are known', async () => {
    assert.deepEqual(await data('ip-10-2-0-9.ec2.internal'), ['10.2.0.9']);
    assert.deepEqual(await data('ip-100-80-0-9.ec2.internal'), ['100.80.0.9']);
    assert.deepEqual(await data('9.0.2.10.in-addr.arpa', 'PTR'), ['ip-10-2-0-9.ec2.internal']);
    assert.equal(await ask('ip-10-2-0-9.a.b'), undefined, 'a domain of this VPC alone');
    assert.equal((await ask('ip-10-3-0-9.ec2.internal'))?.code, responseCodes.noName);
  });

  it('are public for a private address of the VPC, or of a peer that allows it, and the public one otherwise', async () => {
    const publicName = (address: string) =>
      data(`ec2-${address.replaceAll('.', '-')}.compute-1.amazonaws.com`);
    assert.deepEqual(await publicName('203.0.113.10'), ['10.0.1.4']);
    assert.deepEqual(await publicName('203.0.113.20'), ['10.1.0.5']);
    assert.deepEqual(await publicName('203.0.113.30'), ['203.0.113.30'], 'its VPC does not allow it');
    assert.deepEqual(await publicName('203.0.113.40'), ['203.0.113.40'], "nobody's here");
    assert.deepEqual(await data('ec2-203-0-113-10.compute-1.amazonaws.com', 'AAAA'), []);
    for (const label of ['ec2-203-0-113-256', 'ec2-203-0-113', 'www', 'ip-10-0-1-4']) {
      assert.equal(await ask(`${label}.compute-1.amazonaws.com`), undefined, label);
    }
    assert.equal(await ask('ec2-203-0-113-10.eu-west-1.compute.amazonaws.com'), undefined);
  });

  it('that cannot be looked up now are no wrong answers', async () => {
    for (const name of [
      'ec2-203-0-113-10.compute-1.amazonaws.com',
      'ip-10-1-0-9.ec2.internal',
      '9.0.1.10.in-addr.arpa',
    ]) {
      assert.equal((await ask(name, 'A', unreachable))?.code, responseCodes.serverFailure, name);
    }
    assert.equal((await ask('ip-10-0-7-9.ec2.internal', 'A', unreachable))?.answers.length, 1, 'its own');
  });

  it('are inside of networks as their bits say', () => {
    assert.ok(isInside(['10.0.0.0/28'], '10.0.0.15'));
    assert.ok(!isInside(['10.0.0.0/28'], '10.0.0.16'));
    assert.ok(isInside(['192.168.0.0/16'], '192.168.255.255'));
    assert.ok(!isInside(['192.168.0.0/16'], '193.168.0.0'));
  });
});

describe('tokens', () => {
  it('count for their interface and their time alone', () => {
    let now = 1_000_000;
    const tokens = new Tokens(() => now);
    const token = tokens.issue('eni-1', 60);
    assert.ok(tokens.accepts('eni-1', token));
    assert.ok(!tokens.accepts('eni-2', token));
    assert.ok(!new Tokens(() => now).accepts('eni-1', token), 'of another process');
    now += 59_999;
    assert.ok(tokens.accepts('eni-1', token));
    now += 1;
    assert.ok(!tokens.accepts('eni-1', token));
  });

  it('cannot be changed or guessed', () => {
    const tokens = new Tokens();
    const token = tokens.issue('eni-1', 60);
    fc.assert(fc.property(fc.string(), (text) => !tokens.accepts('eni-1', text)));
    const bytes = Buffer.from(token, 'base64url');
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Buffer.from(bytes);
        changed.writeUInt8(changed.readUInt8(at) ^ flip, at);
        return !tokens.accepts('eni-1', changed.toString('base64url'));
      }),
    );
  });
});

describe('records', () => {
  it('tell why the switch cannot be asked, and are asked anew the next time', async () => {
    const failures: unknown[] = [];
    const records = new Records('/nowhere', (error) => failures.push(error));
    assert.equal(await records.of('169.254.0.1'), undefined);
    assert.match(String(failures[0]), /ENOENT/);
    assert.equal(await records.of('169.254.0.1'), undefined);
    assert.equal(failures.length, 2);
  });

  it('know no peers of a VPC whose record an older controller has written', async () => {
    const records = new Records('/nowhere', (error) => assert.fail(String(error)));
    assert.deepEqual(await records.peersOf(undefined), []);
  });
});

describe('metadata', () => {
  const server = new MetadataServer(
    new Records('/nowhere', (error) => assert.fail(String(error))),
    new Tokens(),
  );
  const request = (method: string, url: string, headers: Record<string, string> = {}) =>
    server.reply(record, { method, url, headers });
  const lifetime = { 'x-aws-ec2-metadata-token-ttl-seconds': '60' };
  const token = () => ({
    'x-aws-ec2-metadata-token': request('PUT', '/latest/api/token', lifetime).body as string,
  });
  const get = (url: string) => request('GET', url, token());

  it('has the documents of the interface and its instance, and lists of them', () => {
    const own = '/latest/meta-data/network/interfaces/macs/02:57:00:00:00:01';
    for (const [url, body] of [
      ['/', 'latest'],
      ['/latest/meta-data/instance-id', 'i-0123456789abcdef0'],
      ['/latest/meta-data/public-ipv4', '203.0.113.10'],
      ['/latest/meta-data/public-hostname', 'ec2-203-0-113-10.compute-1.amazonaws.com'],
      ['/latest/meta-data/security-groups', 'web\ndb'],
      ['/latest/meta-data/placement/', 'availability-zone\nregion'],
      ['/latest/meta-data/placement', 'availability-zone\nregion'],
      ['/latest/meta-data/tags/instance/Name', 'web-1'],
      ['/latest/meta-data/tags/instance/a%2Fb', 'c'],
      [`${own}/device-number`, '1'],
      [`${own}/security-group-ids`, 'sg-1\nsg-2'],
      [`${own}/vpc-ipv4-cidr-block`, '10.0.0.0/16'],
      [`${own}/vpc-ipv4-cidr-blocks`, '10.0.0.0/16\n100.64.0.0/20'],
      ['/latest/user-data', '#!\xff'],
      ['/latest', 'meta-data/\nuser-data\ndynamic/'],
    ] as const) {
      assert.deepEqual(get(url), { status: 200, body }, url);
    }
    const { privateIp } = JSON.parse(get('/latest/dynamic/instance-identity/document').body ?? '');
    assert.equal(privateIp, '10.0.1.4');
  });

  it('has those of every interface of the instance, each with its own data, and of the primary one above', () => {
    const primary: ServiceRecord = {
      ...record,
      interfaceId: 'eni-0',
      address: '10.0.2.4',
      secondaryAddresses: [],
      ipv6Addresses: ['2001:db8::4', '2001:db8::5'],
      publicAddresses: [],
      mac: '02:57:00:00:00:09',
      hostname: 'ip-10-0-2-4.a.b',
      subnet: { id: 'subnet-2', cidr: '10.0.2.0/24', ipv6Cidr: '2001:db8::/64' },
      instance: { ...(record.instance as InstanceRecord), device: 0 },
    };
    const both = (url: string) =>
      server.reply(record, { method: 'GET', url: `/latest/meta-data/${url}`, headers: token() }, [primary]);
    const macs = 'network/interfaces/macs';
    for (const [url, body] of [
      [`${macs}/`, '02:57:00:00:00:09/\n02:57:00:00:00:01/'],
      [`${macs}/02:57:00:00:00:01/local-ipv4s`, '10.0.1.4\n10.0.1.5'],
      [`${macs}/02:57:00:00:00:01/ipv4-associations/203.0.113.11`, '10.0.1.5'],
      [`${macs}/02:57:00:00:00:01/device-number`, '1'],
      [`${macs}/02:57:00:00:00:09/device-number`, '0'],
      [`${macs}/02:57:00:00:00:09/interface-id`, 'eni-0'],
      [`${macs}/02:57:00:00:00:09/ipv6s`, '2001:db8::4\n2001:db8::5'],
      [`${macs}/02:57:00:00:00:09/subnet-ipv6-cidr-blocks`, '2001:db8::/64'],
      ['mac', '02:57:00:00:00:09'],
      ['local-ipv4', '10.0.2.4'],
      ['ipv6', '2001:db8::4'],
    ] as const) {
      assert.deepEqual(both(url), { status: 200, body }, url);
    }
    assert.equal(both(`${macs}/02:57:00:00:00:09/public-ipv4s`).status, 404);
    assert.equal(both('public-ipv4').status, 404, 'only the other one has one');
  });

  it('has nothing else, and shows nothing of objects themselves', () => {
    for (const url of ['/latest/x', '/1.0/meta-data', '/latest/meta-data/constructor', '/latest/%']) {
      assert.equal(get(url).status, 404, url);
    }
    assert.equal(get('/latest/meta-data/ami-id').status, 404, 'it has none');
    const { instance: _none, publicAddresses: _private, publicName: _name, ...bare } = record;
    assert.equal(lookUp(documentsOf(bare), ['user-data']), undefined);
    assert.doesNotMatch(lookUp(documentsOf(bare), ['meta-data']) ?? '', /instance-id|public|tags/);
  });

  it('needs a session', () => {
    assert.equal(request('GET', '/latest/meta-data/').status, 401);
    assert.equal(request('HEAD', '/latest/meta-data/', token()).status, 200);
    assert.equal(request('POST', '/latest/meta-data/', token()).status, 405);
    const other = server.reply(
      { ...record, interfaceId: 'eni-2' },
      { method: 'GET', url: '/', headers: token() },
    );
    assert.equal(other.status, 401);
    const session = (headers: Record<string, string>) => request('PUT', '/latest/api/token', headers).status;
    assert.equal(session(lifetime), 200);
    for (const value of ['0', '21601', '-1', '1.5', 'x', '']) {
      assert.equal(session({ 'x-aws-ec2-metadata-token-ttl-seconds': value }), 400, value);
    }
    assert.equal(session({}), 400);
    assert.equal(session({ ...lifetime, 'x-forwarded-for': '10.0.0.9' }), 403);
    assert.equal(request('GET', '/latest/api/token', lifetime).status, 405);
  });
});
