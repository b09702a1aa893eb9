import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { startRealServer } from 'ovsdb-client/testing';
import { skipWithoutServer } from '../../packages/ovsdb-client/src/testing/skip.ts';
import { compileAndRun, complaints, installPacked, type PackedPackage, run } from './packed.ts';

const consumer = `
import { type OpenVSwitch, OvsdbClient, type OvsdbErrorCode, opsFor } from 'ovsdb-client';
const ovs = opsFor<OpenVSwitch>();
const operation = ovs.update('Bridge', [['name', '==', 'br0']], { fail_mode: 'secure' });
const code: OvsdbErrorCode = 'OVSDB_BAD_ENDPOINT';
const client = new OvsdbClient({ endpoints: ['unix:relative'] });
const failed = await client.connect().catch((error: { code?: string }) => error.code === code);
console.log(operation.op, failed);
`;

describe('ovsdb-client as others get it', () => {
  let packed: PackedPackage;
  before(async () => {
    packed = await installPacked('ovsdb-client');
  });
  after(() => packed.remove());

  it('has nothing that publint complains about', async () => {
    assert.deepEqual(await complaints(packed), []);
  });

  it('has types for a program of others, and runs in it', async () => {
    assert.equal(await compileAndRun(packed, consumer), 'update true\n');
  });

  it('runs the example of the README and the command', { skip: skipWithoutServer }, async (test) => {
    const server = await startRealServer();
    test.after(() => server.remove());
    await server.vsctl('init');
    const example = spawn(process.execPath, ['follow-bridges.ts', server.endpoint], {
      cwd: packed.project,
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: 60_000,
    });
    test.after(async () => {
      const ended = once(example, 'exit');
      if (example.kill()) await ended;
    });
    // The number of ports of the bridge that it has made.
    const [line] = await once(createInterface({ input: example.stdout }), 'line');
    assert.equal(line, '1');
    const command = join(packed.project, 'node_modules/.bin/ovsdb');
    const printed = await run(command, ['list-dbs', server.endpoint], packed.project);
    assert.deepEqual(JSON.parse(printed).sort(), ['Open_vSwitch', '_Server']);
  });
});
