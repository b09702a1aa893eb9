import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type CliHarness, startCliHarness } from './testing/run.ts';

const network = `
kind: subnet
name: front
spec: { vpcId: $cloud, cidrBlock: 10.0.1.0/24 }
---
kind: vpc
name: cloud
spec: { cidrBlock: 10.0.0.0/16 }
tags: { tier: test }
---
- kind: security-group
  name: web
  spec: { vpcId: $cloud, name: web }
- kind: security-group-rule
  name: web-http
  spec: { groupId: $web, direction: ingress, protocol: tcp, fromPort: 80, toPort: 80, cidrIpv4: 0.0.0.0/0 }
- kind: route-table
  name: main
  id: $cloud.spec.mainRouteTableId
  spec: { routes: [{ destination: 192.0.2.0/24, target: blackhole }] }
`;

describe('manifests', () => {
  let cli: CliHarness;
  let folder: string;
  before(async () => {
    cli = await startCliHarness();
    folder = await mkdtemp(join(tmpdir(), 'weft-manifest-'));
  });
  after(async () => {
    await cli.close();
    await rm(folder, { recursive: true });
  });
  /** Writes a manifest of the set and runs a command on it. */
  const on = async (command: string, set: string, content: string) => {
    const path = join(folder, `${set}.yaml`);
    await writeFile(path, content);
    return cli.weft(`${command} -f ${path}`);
  };
  const read = async (path: string) => (await cli.call('GET', path)).body;
  const one = async (kind: string, set: string, name: string) =>
    (await read(`/v1/${kind}?tag.weft-set=${set}&tag.weft-name=${name}`)).items[0];

  it('make everything in one commit, in whatever order it is written', async () => {
    const { revision } = cli.controller;
    const { code, out, err } = await on('apply', 'first', network);
    assert.equal(code, 0, err);
    assert.equal(cli.controller.revision, revision + 1);
    assert.match(out, /^\+ subnet front$/m);
    assert.match(out, /Done at revision \d+: 4 created, 1 changed\.\n$/);
    const vpc = await one('vpcs', 'first', 'cloud');
    assert.equal(vpc.tags.tier, 'test');
    assert.equal((await one('subnets', 'first', 'front')).spec.vpcId, vpc.id);
    const table = await read(`/v1/route-tables/${vpc.spec.mainRouteTableId}`);
    assert.deepEqual(table.spec.routes, [{ destination: '192.0.2.0/24', target: 'blackhole' }]);
    assert.deepEqual(table.tags, {}, 'a table that comes with the VPC is not deleted with the set');
  });

  it('do nothing when everything is as they say', async () => {
    await on('apply', 'same', network);
    const { revision } = cli.controller;
    const { code, out } = await on('apply', 'same', network);
    assert.deepEqual([code, cli.controller.revision], [0, revision]);
    assert.match(out, /^Nothing to do/);
    const plan = await cli.weft(`plan -f ${join(folder, 'same.yaml')} --exit-code`);
    assert.equal(plan.code, 0);
  });

  it('are planned: what would change, and what it costs each host', async () => {
    await on('apply', 'planned', network);
    const { revision } = cli.controller;
    cli.controller.previewedFlows = new Map([['h1', { added: 3, removed: 1 }]]);
    const changed = network.replace('tier: test', 'tier: front').replace('192.0.2.0/24', '198.51.100.0/24');
    const { code, out, err } = await on('plan --exit-code', 'planned', changed);
    assert.equal(code, 4, err);
    assert.match(out, /^~ vpc cloud \(vpc-\w+\)$/m);
    assert.match(out, /^ {4}spec\.routes: .*192\.0\.2\.0.* → .*198\.51\.100\.0/m);
    assert.match(out, /^h1 +\+3 +-1$/m);
    assert.equal(cli.controller.revision, revision, 'a plan has written something');
    const applied = await on('apply', 'planned', changed);
    assert.match(applied.out, /2 changed\.\n$/);
    assert.equal((await one('vpcs', 'planned', 'cloud')).tags.tier, 'front');
  });

  it('keep what they no longer name, until it is to be pruned', async () => {
    await on('apply', 'pruned', network);
    const without = network.slice(0, network.indexOf('- kind: security-group\n'));
    const kept = await on('apply', 'pruned', without);
    assert.match(kept.out, /No longer in the manifest, and kept: .*security-group web/);
    assert.ok(await one('security-groups', 'pruned', 'web'));
    const { code, out } = await on('apply --prune', 'pruned', without);
    assert.equal(code, 0);
    assert.match(
      out,
      /^- security-group-rule web-http .*\n- security-group web/m,
      'the rule before its group',
    );
    assert.equal(await one('security-groups', 'pruned', 'web'), undefined);
    assert.ok(await one('subnets', 'pruned', 'front'));
  });

  it('refuse to change what is fixed, unless it may be made anew', async () => {
    await on('apply', 'fixed', network);
    const before = await one('security-group-rules', 'fixed', 'web-http');
    const changed = network.replaceAll('ingress', 'egress');
    assert.notEqual(changed, network);
    const refused = await on('apply', 'fixed', changed);
    assert.equal(refused.code, 1);
    assert.match(
      refused.err,
      /spec\.direction of security-group-rule web-http .* cannot be changed .* --replace/,
    );
    const { code, err } = await on('apply --replace', 'fixed', changed);
    assert.equal(code, 0, err);
    const after = await one('security-group-rules', 'fixed', 'web-http');
    assert.deepEqual([after.spec.direction, after.id === before.id], ['egress', false]);
  });

  it('are deleted as a whole, and only they', async () => {
    await on('apply', 'gone', network);
    await on('apply', 'stays', network);
    const { code, out, err } = await on('delete', 'gone', network);
    assert.equal(code, 0, err);
    assert.match(out, /4 deleted\.\n$/);
    assert.equal(await one('vpcs', 'gone', 'cloud'), undefined);
    assert.ok(await one('vpcs', 'stays', 'cloud'));
    assert.match((await on('delete', 'gone', network)).out, /^Nothing to do/);
  });

  it('are made of what is there, and make the same again', async () => {
    await on('apply', 'original', network);
    const vpc = await one('vpcs', 'original', 'cloud');
    const { code, out, err } = await cli.weft(`export --vpc ${vpc.id}`);
    assert.equal(code, 0, err);
    assert.doesNotMatch(out, /vpc-\w{17}|weft-set/, 'ids are references');
    const copied = await on('apply', 'copy', out);
    assert.equal(copied.code, 0, `${out}\n${copied.err}`);
    const copy = await one('vpcs', 'copy', 'cloud');
    assert.notEqual(copy.id, vpc.id);
    assert.equal(copy.tags.tier, 'test');
    const [rule] = (await read(`/v1/security-group-rules?tag.weft-set=copy`)).items;
    assert.equal(rule.spec.groupId, (await one('security-groups', 'copy', 'web')).id);
  });

  it('hold the table of an internet gateway beside what leads to both, and disassociate it before it is deleted', async () => {
    await cli.weft(
      'external-network create --name external --cidr-block 203.0.113.0/24 --range 203.0.113.10-203.0.113.99',
    );
    const middlebox = `${network}
- { kind: internet-gateway, name: out, spec: { vpcId: $cloud } }
- kind: subnet
  name: middle
  spec: { vpcId: $cloud, cidrBlock: 10.0.2.0/24, routeTableId: $open }
- kind: network-interface
  name: firewall
  spec: { subnetId: $middle, sourceDestinationCheck: false }
- { kind: route-table, name: open, spec: { vpcId: $cloud, routes: [{ destination: 0.0.0.0/0, target: $out }] } }
- kind: route-table
  name: edge
  spec: { vpcId: $cloud, internetGatewayId: $out, routes: [{ destination: 10.0.1.0/24, target: $firewall }] }
`;
    const applied = await on('apply', 'edge', middlebox);
    assert.equal(applied.code, 0, applied.err);
    const gateway = await one('internet-gateways', 'edge', 'out');
    assert.equal((await one('route-tables', 'edge', 'edge')).spec.internetGatewayId, gateway.id);
    const vpc = await one('vpcs', 'edge', 'cloud');
    const { out } = await cli.weft(`export --vpc ${vpc.id}`);
    const copied = await on('apply', 'edge-copy', out);
    assert.equal(copied.code, 0, `${out}\n${copied.err}`);
    const copy = await one('route-tables', 'edge-copy', 'edge');
    assert.equal(
      copy.spec.internetGatewayId,
      (await one('internet-gateways', 'edge-copy', 'out')).id,
      'that of its own VPC',
    );
    const gone = await on('delete', 'edge', middlebox);
    assert.equal(gone.code, 0, gone.err);
    assert.equal(await one('route-tables', 'edge', 'edge'), undefined);
  });

  it('say what is wrong with them', async () => {
    const { revision } = cli.controller;
    const cases: [string, number, RegExp][] = [
      ['kind: vcp\nname: a', 2, /entry 1, kind .*vcp/],
      ['kind: vpc\nname: 1a', 2, /entry 1, name .*1a/],
      ['kind: vpc\nname: a\nspeck: {}', 2, /vpc a, speck .*Fields: kind, name, id, spec, tags/],
      ['kind: vpc\nname: a\ntags: { n: 1 }', 2, /vpc a, tags .*quotes/],
      ['kind: subnet\nname: a\nspec: { vpcId: $b }', 2, /subnet a names \$b, which is no entry .*Entries: a/],
      ['kind: vpc\nname: a\n---\nkind: vpc\nname: a', 2, /two entries have the name a/],
      [
        'kind: subnet\nname: a\nspec: { vpcId: $b }\n---\nkind: subnet\nname: b\nspec: { vpcId: $a }',
        2,
        /circle: a → b → a/,
      ],
      ['kind: [', 2, /no YAML/],
      ['', 2, /no entries/],
      ['kind: vpc\nname: a\nspec: { cidrBlok: 10.0.0.0/16 }', 1, /operations\[0\]\.spec\.cidrBlok/],
    ];
    for (const [content, code, message] of cases) {
      const outcome = await on('apply', 'wrong', content);
      assert.match(outcome.err, message);
      assert.equal(outcome.code, code, content);
    }
    assert.match((await cli.weft(`apply -f ${folder}/absent.yaml`)).err, /absent\.yaml cannot be read/);
    assert.equal(cli.controller.revision, revision);
  });
});
