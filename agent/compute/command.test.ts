import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { AgentError } from '../errors.ts';
import { attempt, run } from './command.ts';

it('gives what a program printed', async () => {
  assert.equal(await run('sh', ['-c', 'echo out; echo err >&2']), 'out\n');
  assert.deepEqual(await attempt('sh', ['-c', 'echo out; echo err >&2; exit 3']), {
    code: 3,
    stdout: 'out\n',
    stderr: 'err\n',
  });
});

it('says which program failed, and with what', async () => {
  await assert.rejects(run('sh', ['-c', 'echo no such device >&2; exit 1']), (error: AgentError) => {
    assert.equal(error.code, 'command-failed');
    assert.match(error.message, /^sh -c .*: no such device/);
    return true;
  });
  await assert.rejects(run('false', []), /false: exit code 1/);
});

it('says that a program is not there, or does not end', async () => {
  await assert.rejects(run('weft-no-such-program', []), { code: 'command-failed' });
  await assert.rejects(attempt('sleep', ['10'], { timeoutMs: 50 }), /no end after 50 ms/);
});
