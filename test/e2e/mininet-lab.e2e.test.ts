import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const labs = fileURLToPath(new URL('../../labs/run', import.meta.url));

describe('labs/run', () => {
  it('first-vpc checks itself, explains what it shows, and leaves nothing behind', async () => {
    const { stdout } = await run(labs, ['first-vpc'], { timeout: 120_000 });
    assert.match(stdout, /\n\d{2} checks passed, 0 failed\n/);
    assert.doesNotMatch(stdout, /FAIL/);
    assert.deepEqual(
      readdirSync('/run/weft').filter((name) => name.startsWith('mininet-')),
      [],
    );
  });

  it('names the labs there are when asked for another', async () => {
    await assert.rejects(run(labs, ['nothing']), ({ code, stderr }: { code: number; stderr: string }) => {
      assert.equal(code, 2);
      assert.match(stderr, /there is no lab nothing; there are:\n {2}first-vpc/);
      return true;
    });
  });
});
