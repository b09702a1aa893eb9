import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ServiceRecord } from '@weft/api/contract';
import fc from 'fast-check';
import { documentsOf, lookUp } from './documents.ts';
import { MetadataServer } from './metadata.ts';
import { answerForVpc, isInside, responseCodes } from './names.ts';
import { Records } from './records.ts';
import { Tokens } from './tokens.ts';

const record: ServiceRecord = {
  interfaceId: 'eni-1',
  account: '123456789012',
  region: 'us-east-1',
  zone: 'zone-a',
  address: '10.0.1.4',
  mac: '02:57:00:00:00:01',
  hostname: 'ip-10-0-1-4.a.b',
  publicAddress: '203.0.113.10',
  groups: [
    { id: 'sg-1', name: 'web' },
    { id: 'sg-2', name: 'db' },
  ],
  subnet: { id: 'subnet-1', cidr: '10.0.1.0/24' },
  vpc: { id: 'vpc-1', cidrs: ['10.0.0.0/16', '100.64.0.0/20'] },
  dns: { enabled: true, domains: ['a.b', 'ec2.internal'] },
  instance: {
    id: 'i-0123456789abcdef0',
    startedAt: '2026-01-01T00:00:00.000Z',
    device: 1,
    tags: { Name: 'web-1', 'a/b': 'c' },
    userData: Buffer.from([0x23, 0x21, 0xff]).toString('base64'),
  },
};

describe('names of a VPC', () => {
  const ask = (name: string, type = 'A') => answerForVpc(record, { name, type: type as 'A' });
  const data = (name: string, type?: string) =>
    ask(name, type)?.answers.map((answer) => 'data' in answer && answer.data);

  it('are told for its addresses in each of its domains, whatever the case', () => {
    assert.deepEqual(data('ip-10-0-7-9.ec2.internal'), ['10.0.7.9']);
    assert.deepEqual(data('IP-10-0-7-9.A.b'), ['10.0.7.9']);
    assert.deepEqual(data('i-0123456789abcdef0.a.b'), ['10.0.1.4']);
    assert.deepEqual(data('9.7.0.10.in-addr.arpa', 'PTR'), ['ip-10-0-7-9.a.b']);
    assert.deepEqual(data('ip-100-64-15-9.ec2.internal'), ['100.64.15.9']);
  });

  it('exist without every record, and do not exist for other addresses', () => {
    assert.deepEqual(ask('ip-10-0-7-9.a.b', 'AAAA'), { code: responseCodes.noError, answers: [] });
    assert.deepEqual(ask('a.b', 'NS'), { code: responseCodes.noError, answers: [] });
    for (const name of [
      'ip-10-1-0-9',
      'ip-100-64-16-9',
      'ip-10-0-0-256',
      'ip-10-0-0-09',
      'ip-10-0-0',
      'www',
      'i-0',
    ]) {
      assert.equal(ask(`${name}.ec2.internal`)?.code, responseCodes.noName, name);
      assert.equal(ask(`${name}.a.b`), undefined, 'somebody outside may know it');
    }
  });

  it('leave everything else to others', () => {
    for (const name of ['example.com', 'a.b.c', 'xa.b', '9.7.1.10.in-addr.arpa', '1.10.in-addr.arpa']) {
      assert.equal(ask(name), undefined, name);
    }
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

  it('has nothing else, and shows nothing of objects themselves', () => {
    for (const url of ['/latest/x', '/1.0/meta-data', '/latest/meta-data/constructor', '/latest/%']) {
      assert.equal(get(url).status, 404, url);
    }
    assert.equal(get('/latest/meta-data/ami-id').status, 404, 'it has none');
    const { instance: _none, publicAddress: _private, ...bare } = record;
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
