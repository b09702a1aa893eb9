import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { OvsdbError, ovsdbErrors } from './errors.ts';

const sourceFolder = fileURLToPath(new URL('.', import.meta.url));

function sources(): string {
  return readdirSync(sourceFolder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && name !== 'errors.ts')
    .map((name) => readFileSync(join(sourceFolder, name), 'utf8'))
    .join('\n');
}

describe('the registry of errors', () => {
  it('is what the README says', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    const table = readme.slice(readme.indexOf('<!-- errors -->'), readme.indexOf('<!-- /errors -->'));
    const rows = [...table.matchAll(/^\| `(OVSDB_\w+)` +\| (.+?) +\|$/gm)].map(([, code, meaning]) => [
      code,
      meaning,
    ]);
    assert.deepEqual(Object.fromEntries(rows), ovsdbErrors);
  });

  it('has no code that nothing uses', () => {
    const text = sources();
    for (const code of Object.keys(ovsdbErrors)) {
      assert.ok(text.includes(`'${code}'`), code);
    }
  });

  it('puts the code in front of the message', () => {
    const error = new OvsdbError('OVSDB_CLOSED', 'the client is closed', { cause: 1 });
    assert.equal(error.message, 'OVSDB_CLOSED: the client is closed');
    assert.equal(error.cause, 1);
  });
});
