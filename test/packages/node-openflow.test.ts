import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { compileAndRun, complaints, installPacked, type PackedPackage, run } from './packed.ts';

const consumer = `
import { decodeMessage, encodeMessage, type FlowMod, formatFlow, parseFlow } from 'node-openflow';
import { TestSwitch } from 'node-openflow/testing';
const flow: FlowMod = parseFlow('table=5,tcp,tp_dst=80 actions=output:2');
const message = decodeMessage(encodeMessage(flow));
console.log(message.type === 'flow-mod' ? formatFlow(message) : '', new TestSwitch({ datapathId: 1n }).flowCount);
`;

describe('node-openflow as others get it', () => {
  let packed: PackedPackage;
  before(async () => {
    packed = await installPacked('node-openflow');
  });
  after(() => packed.remove());

  it('has nothing that publint complains about', async () => {
    assert.deepEqual(await complaints(packed), []);
  });

  it('has types for a program of others, and runs in it', async () => {
    assert.equal(await compileAndRun(packed, consumer), 'table=5, tcp,tp_dst=80 actions=output:2 0\n');
  });

  it('runs the examples of the README that need no switch', async () => {
    assert.match(await run(process.execPath, ['text-to-bytes.ts'], packed.project), /resubmit\(,6\)\n$/);
    await run(process.execPath, ['--test', 'simulated.test.ts'], packed.project);
  });

  it('has the command ofp', async () => {
    const running = promisify(execFile)(join(packed.project, 'node_modules/.bin/ofp'), ['roundtrip'], {
      timeout: 60_000,
    });
    running.child.stdin?.end('0614000800000001\n');
    assert.equal((await running).stdout, '{"hex":"0614000800000001"}\n');
  });
});
