import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { errorCodes, WeftError } from './errors.ts';
import { isId, newId } from './ids.ts';
import { kinds } from './kinds/index.ts';
import { identityId } from './kinds/internal.ts';
import { type KindName, kindNames } from './resource.ts';

const references = (kind: KindName, spec: object, status: object = {}) =>
  kinds[kind].references(spec, status).map(({ type, kind, id }) => `${type} ${kind} ${id}`);

describe('kinds', () => {
  it('are all there, each under its own name', () => {
    assert.deepEqual(Object.keys(kinds), [...kindNames]);
    for (const name of kindNames) assert.equal(kinds[name].name, name);
  });

  it('have prefixes and paths of their own', () => {
    for (const property of ['prefix', 'path'] as const) {
      const values = kindNames.flatMap((name) => kinds[name][property] ?? []);
      assert.equal(new Set(values).size, values.length, property);
    }
  });

  it('are numbered exactly where flows and cookies name them', () => {
    assert.deepEqual(
      kindNames.filter((name) => !kinds[name].numbered),
      [
        'account',
        'access-key',
        'prefix-list',
        'dhcp-options',
        'security-group',
        'instance',
        'binding',
        'placement',
        'default-network',
        'address-claim',
        'counter',
        'retired-number',
        'request-record',
        'access-key-secret',
      ],
    );
  });

  it('take no field that they do not know', () => {
    for (const name of kindNames) {
      for (const schema of [kinds[name].spec, kinds[name].create, kinds[name].update]) {
        if (!schema) continue;
        assert.equal((schema as { additionalProperties?: boolean }).additionalProperties, false, name);
      }
    }
  });
});

describe('references', () => {
  it('lead from an interface to everything that it depends on', () => {
    const spec = { vpcId: 'vpc-1', subnetId: 'subnet-1', securityGroupIds: ['sg-1', 'sg-2'] };
    const edges = [
      'in-vpc vpc vpc-1',
      'in-subnet subnet subnet-1',
      'in-group security-group sg-1',
      'in-group security-group sg-2',
      'in-identity identity sg-1+sg-2',
    ];
    const status = { identityId: identityId(['sg-2', 'sg-1']) };
    assert.deepEqual(references('network-interface', spec, status), edges);
    const owned = { ...spec, instanceId: 'i-1' };
    assert.deepEqual(references('network-interface', owned, status), [...edges, 'of-instance instance i-1']);
  });

  it('lead from a rule to both groups and its matches', () => {
    const status = { matchIds: ['m-1', 'm-2'] };
    const matches = ['uses-match rule-match m-1', 'uses-match rule-match m-2'];
    const own = 'of-group security-group sg-1';
    assert.deepEqual(references('security-group-rule', { groupId: 'sg-1' }, status), [own, ...matches]);
    const spec = { groupId: 'sg-1', referencedGroupId: 'sg-2' };
    const peer = 'peer-group security-group sg-2';
    assert.deepEqual(references('security-group-rule', spec, status), [own, peer, ...matches]);
  });

  it('lead from a route table to each gateway once, and to no blackhole', () => {
    const routes = ['igw-1', 'blackhole', 'igw-2', 'igw-1', 'pcx-1'].map((target) => ({
      destination: '10.0.0.0/8',
      target,
    }));
    routes.push({ destination: 'pl-1', target: 'igw-1' });
    assert.deepEqual(references('route-table', { vpcId: 'vpc-1', routes }), [
      'in-vpc vpc vpc-1',
      'route-target internet-gateway igw-1',
      'route-target internet-gateway igw-2',
      'route-target vpc-peering-connection pcx-1',
      'uses-prefix-list prefix-list pl-1',
    ]);
  });

  it('are absent where nothing is named', () => {
    assert.deepEqual(references('internet-gateway', { externalNetworkId: 'extnet-1' }), [
      'in-external-network external-network extnet-1',
    ]);
    assert.deepEqual(references('elastic-ip', { externalNetworkId: 'extnet-1' }), [
      'in-external-network external-network extnet-1',
    ]);
    assert.deepEqual(references('subnet', { vpcId: 'vpc-1' }), ['in-vpc vpc vpc-1']);
    assert.deepEqual(references('host', {}), []);
  });
});

describe('ids', () => {
  it('are a prefix and 17 random hexadecimal digits', () => {
    const ids = Array.from({ length: 100 }, () => newId('vpc'));
    for (const id of ids) assert.match(id, /^vpc-[0-9a-f]{17}$/);
    assert.equal(new Set(ids).size, 100);
    assert.ok(isId('vpc', ids[0] as string));
    for (const id of [
      'vpc-',
      'vpc-0123456789abcdef',
      'vpc-0123456789abcdefg',
      'subnet-0123456789abcdef0',
      'x',
    ]) {
      assert.ok(!isId('vpc', id), id);
    }
  });

  it('of sets of groups do not depend on the order', () => {
    assert.equal(identityId(['b', 'a']), 'a+b');
    assert.equal(identityId(['a', 'b']), 'a+b');
  });
});

describe('errors', () => {
  it('have a status of HTTP and a meaning for each code', () => {
    for (const [code, { status, meaning }] of Object.entries(errorCodes)) {
      assert.ok(status >= 400 && status < 600, code);
      assert.match(meaning, /^[A-Z].*\.$/, code);
    }
  });

  it('carry what was wrong and what to do', () => {
    const error = new WeftError('overlap', 'they overlap', { field: 'a', value: 1, fix: 'Choose another.' });
    assert.deepEqual(
      [error.name, error.code, error.status, error.field, error.value, error.fix],
      ['WeftError', 'overlap', 409, 'a', 1, 'Choose another.'],
    );
    const bare = new WeftError('internal', 'x');
    assert.deepEqual([bare.status, bare.field, bare.value, bare.fix], [500, undefined, undefined, undefined]);
  });
});
