import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { hostSpec } from '../rest/testing/harness.ts';
import { type CliHarness, startCliHarness } from './testing/run.ts';

describe('describe', () => {
  let cli: CliHarness;
  let vpc: string;
  let subnet: string;
  before(async () => {
    cli = await startCliHarness();
    await cli.call('PUT', '/v1/hosts/h1', { spec: hostSpec });
    vpc = await cli.id('vpc create --cidr-block 10.0.0.0/16 --name blue');
    subnet = await cli.id('subnet create --vpc blue --cidr-block 10.0.1.0/24 --name front');
  });
  after(() => cli.close());

  it('shows what a resource names, and what names it', async () => {
    const port = await cli.id('interface create --subnet front --name p1');
    const { out } = await cli.weft('subnet describe front');
    assert.match(out, /^spec\.cidrBlock +10\.0\.1\.0\/24$/m);
    assert.match(out, new RegExp(`^Names\\n  vpc +${vpc} +blue +vpcId$`, 'm'));
    assert.match(out, new RegExp(`^Named by\\n  network-interface +${port} +p1 +subnetId$`, 'm'));
    assert.match((await cli.weft(`interface describe ${port}`)).out, /^Named by\n {2}-$/m);
  });

  it('finds who names it inside of lists, and hosts by their name', async () => {
    await cli.id(
      'external-network create --name e --cidr-block 203.0.113.0/24 --range 203.0.113.9-203.0.113.99',
    );
    const gateway = await cli.id('igw create --vpc blue --name out');
    const table = await cli.id('route-table create --vpc blue --name t');
    assert.equal((await cli.weft('route-table add-route t --destination 0.0.0.0/0 --target out')).code, 0);
    const described = JSON.parse((await cli.weft(`igw describe ${gateway} -o json`)).out);
    assert.deepEqual(described.namedBy, [
      { field: 'routes.target', kind: 'route-table', id: table, name: 't' },
    ]);
    const instance = await cli.id('instance run --subnet front --name vm');
    const host = JSON.parse((await cli.weft('host describe h1 -o json')).out);
    assert.ok(host.namedBy.some((related: { id: string }) => related.id === instance));
  });

  it('shows which hosts reach an external network', async () => {
    const spec = { ...hostSpec, externalPorts: { dmz: 7 } };
    await cli.call('PUT', '/v1/hosts/h2', { spec });
    await cli.id(
      'external-network create --name dmz --vlan 100 --cidr-block 198.51.100.0/24 --range 198.51.100.9-198.51.100.99',
    );
    const { out } = await cli.weft('external-network describe dmz');
    assert.match(out, /^spec\.vlan +100$/m);
    assert.match(out, /^Named by\n {2}host +h2 +- +externalPorts$/m);
  });

  it('shows what happened to it, and what changed each time', async () => {
    await cli.id('vpc create --cidr-block 10.9.0.0/16 --name other');
    assert.equal((await cli.weft('subnet update front --tag team=net')).code, 0);
    const { resource, events } = JSON.parse((await cli.weft('subnet describe front -o json')).out);
    assert.equal(events.length, 2);
    assert.deepEqual(events[1], { revision: resource.revision, changed: ['tags.team: none → "net"'] });
    assert.match(
      (await cli.weft(`subnet describe ${subnet}`)).out,
      /^ {2}revision \d+ +- +- +tags\.team: none → "net"$/m,
    );
  });

  it('has no events when the history is gone, and fails for what is not there', async () => {
    cli.controller.oldestRevision = cli.controller.revision + 1;
    assert.match((await cli.weft('subnet describe front')).out, /^Events\n {2}-$/m);
    cli.controller.oldestRevision = 1;
    assert.equal((await cli.weft('subnet describe absent')).code, 1);
  });
});

describe('list --watch', () => {
  let cli: CliHarness;
  before(async () => {
    cli = await startCliHarness();
    await cli.call('PUT', '/v1/hosts/h1', { spec: hostSpec });
    await cli.id('vpc create --cidr-block 10.0.0.0/16 --name blue');
  });
  after(() => cli.close());

  /** Starts a watch, and once the API has it, does something. */
  async function watched(line: string, change: () => Promise<unknown>): Promise<string> {
    const before = cli.controller.watchers;
    const watching = cli.weft(`${line} --watch --for 1`);
    while (cli.controller.watchers === before) await delay(5);
    await change();
    const { code, out, err } = await watching;
    assert.equal(err, '');
    assert.equal(code, 0);
    return out;
  }

  it('shows what is there, and what is added, changed and gone', async () => {
    const out = await watched('vpc list', async () => {
      await cli.id('vpc create --cidr-block 10.1.0.0/16 --name red');
      await cli.weft('vpc update red --name green');
      await cli.weft('vpc delete green');
    });
    const rows = out
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ +/).filter((_, index) => index !== 1));
    assert.deepEqual(rows, [
      ['EVENT', 'NAME', 'CIDR'],
      ['there', 'blue', '10.0.0.0/16'],
      ['added', 'red', '10.1.0.0/16'],
      ['changed', 'green', '10.1.0.0/16'],
      ['gone', 'green', '10.1.0.0/16'],
    ]);
  });

  it('follows a filter: what no longer fits is gone', async () => {
    const out = await watched('vpc list --tag team=net -o json', async () => {
      await cli.weft('vpc update blue --tag team=net');
      await cli.weft('vpc update blue --tag team=web');
      await cli.id('vpc create --cidr-block 10.2.0.0/16 --name unseen');
    });
    const events = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      events.map(({ event, resource }) => [event, resource.tags.Name]),
      [
        ['added', 'blue'],
        ['gone', 'blue'],
      ],
    );
  });

  it('shows hosts with their liveness, and lists in other forms', async () => {
    const out = await watched('host list', () => cli.call('PUT', '/v1/hosts/h2', { spec: hostSpec }));
    assert.match(out, /^added +h2 +up +up +down/m);
    assert.match(await watched('vpc list -o yaml', async () => undefined), /^---\nevent: there\n/);
    assert.match(await watched('vpc list -o name', async () => undefined), /^vpc-\w+\nvpc-\w+\n$/);
  });
});
