import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { kinds } from '@weft/controller/resources';
import { Command } from 'commander';
import { apiKinds } from '../contract/index.ts';
import { hostSpec } from '../rest/testing/harness.ts';
import { addNoun, addRemainingNouns, nounOf } from './commands/noun.ts';
import { idPrefixes, kindOfId, kindOfPattern } from './kinds.ts';
import { createProgram } from './program.ts';
import { type CliHarness, run, startCliHarness } from './testing/run.ts';

const silent = { env: {}, out: () => undefined, err: () => undefined, setExitCode: () => undefined };
const noLaunch = () => Promise.reject(new Error('not part of this test'));

describe('nouns', () => {
  const program = createProgram(silent, { controller: noLaunch, agent: noLaunch, doctor: noLaunch });

  for (const kind of apiKinds) {
    it(`has one for ${kind}, with what the API lets people do`, () => {
      const [noun, ...others] = program.commands.filter((command) => nounOf(command)?.kind === kind);
      assert.ok(noun);
      assert.equal(others.length, 0);
      const verbs = new Set(noun.commands.flatMap((verb) => [verb.name(), ...verb.aliases()]));
      const wanted = ['list', 'get', 'describe'];
      if (kinds[kind].create) wanted.push('create');
      if (kinds[kind].update) wanted.push('update');
      assert.deepEqual(
        wanted.filter((verb) => !verbs.has(verb)),
        [],
      );
      const names = [noun.name(), ...noun.aliases()];
      assert.ok(names.includes(kind), `${names} has no ${kind}`);
    });
  }

  it('makes a noun of a kind that has no commands of its own', () => {
    const small = new Command();
    addNoun(small, silent, { kind: 'vpc', name: 'vpc', description: 'x' });
    addRemainingNouns(small, silent);
    assert.equal(small.commands.length, apiKinds.length);
    const subnet = small.commands.find((command) => command.name() === 'subnet');
    assert.ok(subnet?.commands.some((verb) => verb.name() === 'create'));
  });

  it('knows the ids of every kind', () => {
    for (const kind of apiKinds) {
      const prefix = kinds[kind].prefix ?? null;
      assert.equal(idPrefixes[kind], prefix, kind);
      if (prefix !== null) assert.equal(kindOfId(`${prefix}-0123456789abcdef0`), kind);
    }
    assert.equal(kindOfId('vpc-1'), undefined);
    assert.equal(kindOfId('zzz-0123456789abcdef0'), undefined);
    assert.equal(kindOfPattern('^vpc-[0-9a-f]{17}$'), 'vpc');
    assert.equal(kindOfPattern('^((igw|nat)-[0-9a-f]{17}|blackhole)$'), undefined);
  });
});

describe('--spec', () => {
  let cli: CliHarness;
  let folder: string;
  const spec = async (path: string) => (await cli.call('GET', path)).body.spec;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weft-spec-'));
    cli = await startCliHarness();
    await cli.call('PUT', '/v1/hosts/h1', { spec: hostSpec });
    await cli.id('vpc create --cidr-block 10.0.0.0/16 --name blue');
    await cli.id('sg create --vpc blue --name web');
    await cli.id('subnet create --vpc blue --cidr-block 10.0.1.0/24 --name front');
  });
  after(async () => {
    await cli.close();
    await rm(folder, { recursive: true });
  });

  it('gives every field, and names where the API wants ids', async () => {
    const rule = await cli.id(
      'sgr create --spec groupId=web --spec direction=ingress --spec protocol=tcp --spec fromPort=80 --spec toPort=80 --spec cidrIpv4=10.0.0.0/8 --spec description=80',
    );
    const made = await spec(`/v1/security-group-rules/${rule}`);
    assert.match(made.groupId, /^sg-/);
    assert.deepEqual(
      [made.fromPort, made.description],
      [80, '80'],
      'numbers and texts as the API wants them',
    );
    const port = await cli.id('interface create --subnet front --spec securityGroupIds=web --name p');
    assert.deepEqual((await spec(`/v1/network-interfaces/${port}`)).securityGroupIds, [made.groupId]);
  });

  it("asks for a peering with another account's VPC as oneself", async () => {
    const other = 'vpc-0123456789abcdef0';
    const { err } = await cli.weft(
      `vpc-peering create --vpc blue --with ${other} --peer-account 210987654321 --spec state=pending-acceptance`,
    );
    assert.match(err, /state/, 'that is for the other side to say');
    const answer = await cli.weft(
      `vpc-peering create --vpc blue --with ${other} --peer-account 210987654321 -o json`,
    );
    assert.equal(answer.code, 0, answer.err);
    assert.equal(JSON.parse(answer.out).spec.accepterAccount, '210987654321');
    assert.equal(JSON.parse(answer.out).account, '123456789012');
  });

  it('changes and removes fields', async () => {
    const table = await cli.id('route-table create --vpc blue --name t');
    assert.equal((await cli.weft('subnet update front --spec routeTableId=t')).code, 0);
    const id = (await cli.weft('subnet list -o name')).out.trim();
    assert.equal((await spec(`/v1/subnets/${id}`)).routeTableId, table);
    assert.equal((await cli.weft('subnet update front --spec routeTableId=null')).code, 0);
    assert.equal((await spec(`/v1/subnets/${id}`)).routeTableId, undefined);
  });

  it('reads a file, which single fields override', async () => {
    const path = join(folder, 'table.yaml');
    await writeFile(path, 'vpcId: blue\nroutes: [{ destination: 192.0.2.0/24, target: blackhole }]\n');
    const id = await cli.id(`route-table create --vpc blue --spec-file ${path}`);
    assert.equal((await spec(`/v1/route-tables/${id}`)).routes.length, 1);
    const none = await cli.id(`route-table create --vpc blue --spec-file ${path} --spec routes=[]`);
    assert.deepEqual((await spec(`/v1/route-tables/${none}`)).routes, []);
  });

  it('refuses what is no field, no file and no name', async () => {
    await writeFile(join(folder, 'list.yaml'), '- a\n');
    await writeFile(join(folder, 'broken.yaml'), 'a: [\n');
    for (const [line, code, pattern] of [
      ['vpc create --cidr-block 10.1.0.0/16 --spec x', 2, /FIELD=VALUE/],
      [`vpc create --cidr-block 10.1.0.0/16 --spec-file ${folder}/absent`, 2, /cannot be read/],
      [`vpc create --cidr-block 10.1.0.0/16 --spec-file ${folder}/list.yaml`, 2, /no fields/],
      [`vpc create --cidr-block 10.1.0.0/16 --spec-file ${folder}/broken.yaml`, 2, /cannot be read/],
      ['vpc create --cidr-block 10.1.0.0/16 --spec colour=red', 1, /colour/],
      ['sgr create --spec groupId=absent --spec direction=ingress', 1, /no security group/],
    ] as const) {
      const { code: got, err } = await run(line.split(' '), { WEFT_API: cli.url });
      assert.equal(got, code, line);
      assert.match(err, pattern);
    }
  });
});
