import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { hostSpec } from '../rest/testing/harness.ts';
import { type CliHarness, startCliHarness } from './testing/run.ts';
import { waitForInstance } from './waiting.ts';

describe('commands of instances and their interfaces', () => {
  let cli: CliHarness;
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weft-cli-'));
    cli = await startCliHarness();
    await cli.call('PUT', '/v1/hosts/h1', { spec: hostSpec });
    await cli.id('vpc create --cidr-block 10.0.0.0/16 --name blue');
    await cli.id('subnet create --vpc blue --cidr-block 10.0.1.0/24 --name web');
    await cli.id('instance run --subnet web --name vm');
    await cli.id('interface create --subnet web --name second');
  });
  after(async () => {
    await cli.close();
    await rm(folder, { recursive: true });
  });

  const shown = async (line: string) => JSON.parse((await cli.weft(`${line} -o json`)).out);

  it('stop and start, and wait until it is so', async () => {
    const watching = await cli.controller.watch(cli.controller.revision, async (commit) => {
      const after = commit.changes[0]?.after;
      if (after?.kind !== 'instance') return;
      const state = after.spec.desiredState ?? 'running';
      if (after.status.state === state) return;
      setTimeout(() => cli.controller.setInstanceStatus(after.id, { state }), 30);
    });
    for (const [verb, state] of [
      ['stop', 'stopped'],
      ['start', 'running'],
    ] as const) {
      const { code, out } = await cli.weft(`instance ${verb} vm --wait`);
      assert.equal(code, 0);
      assert.match(out, new RegExp(`vm +${state}`));
    }
    watching.close();
    assert.equal((await shown('instance reboot vm')).spec.reboot, true, 'asked for');
    assert.equal((await cli.weft('instance stop nobody')).code, 1);
    assert.equal((await cli.weft('instance stop')).code, 2);
  });

  it('wait until a reboot is done, and say when it is not', async () => {
    const asked = {
      id: 'i-1',
      kind: 'instance',
      revision: 7,
      spec: { reboots: 2 },
      status: { state: 'running' },
    };
    const client = (...done: number[]) => ({
      async *watch() {
        for (const reboots of done) {
          yield {
            changes: [
              { kind: 'instance', id: 'i-1', after: { ...asked, status: { state: 'running', reboots } } },
            ],
          };
        }
      },
    });
    const wait = (...done: number[]) =>
      waitForInstance(client(...done) as never, asked as never, 1, 'running');
    assert.equal((await wait(1, 2)).status.reboots, 2);
    await assert.rejects(wait(1), { code: 'not-running' });
  });

  it('attach and detach', async () => {
    const { id } = await shown('instance get vm');
    const attached = await shown('interface attach second --instance vm --device 2 --delete-on-termination');
    assert.deepEqual(
      [attached.spec.instanceId, attached.spec.deviceIndex, attached.spec.deleteOnTermination],
      [id, 2, true],
    );
    const kept = await shown('interface update second --no-delete-on-termination');
    assert.equal(kept.spec.deleteOnTermination, false);
    const detached = await shown('interface detach second');
    assert.equal(detached.spec.instanceId ?? null, null);
    assert.equal((await cli.weft('interface attach second')).code, 2);
    assert.equal((await cli.weft('interface attach second --instance vm --device 0')).code, 2);
  });

  it('take user data from a file', async () => {
    const file = join(folder, 'start.sh');
    await writeFile(file, '#!/bin/sh\n');
    const { spec } = await shown(`instance run --subnet web --name scripted --user-data ${file}`);
    assert.equal(Buffer.from(spec.userData, 'base64').toString(), '#!/bin/sh\n');
    const missing = await cli.weft(`instance run --subnet web --user-data ${folder}/nothing`);
    assert.deepEqual([missing.code, /--user-data/.test(missing.err)], [2, true], missing.err);
  });

  it('give a VPC secondary blocks', async () => {
    const blocks = async (line: string) => (await shown(line)).spec.secondaryCidrBlocks;
    const two = '--secondary-cidr-block 10.1.0.0/16 --secondary-cidr-block 100.64.0.0/16';
    assert.deepEqual(await blocks(`vpc create --cidr-block 10.0.0.0/16 --name wide ${two}`), [
      '10.1.0.0/16',
      '100.64.0.0/16',
    ]);
    assert.match((await cli.weft('vpc list')).out, /10\.0\.0\.0\/16, 10\.1\.0\.0\/16, 100\.64\.0\.0\/16/);
    assert.deepEqual(await blocks('vpc update wide --secondary-cidr-block 10.1.0.0/16'), ['10.1.0.0/16']);
    assert.deepEqual(await blocks('vpc update wide --secondary-cidr-block none'), []);
  });
});
