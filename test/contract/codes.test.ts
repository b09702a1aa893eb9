import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { authErrorCodes } from '@weft/api/auth';
import { awsErrorCodes } from '@weft/api/aws';
import { clientErrorCodes } from '@weft/api/contract';
import { errorCodes } from '@weft/controller/resources';

const root = join(import.meta.dirname, '../..');
const files = globSync(
  ['{controller,api,agent,labs}/**/*.test*.ts', 'test/{e2e,chaos}/**/*.ts'].map((pattern) =>
    join(root, pattern),
  ),
  { exclude: (name) => name.includes('node_modules') },
);
const tests = files.map((file) => readFileSync(file, 'utf8')).join('\n');

/** Registries of error codes that callers see, by where they stand. The CLI's and the agent's are told in words. */
const registries = {
  'controller/resources/errors.ts': errorCodes,
  'api/auth/errors.ts': authErrorCodes,
  'api/aws/errors.ts': awsErrorCodes,
  'api/contract/errors.ts': clientErrorCodes,
};

/** That they are also met is asked at the end of a whole run (`scripts/testing/seen-errors.ts`). */
describe('error codes', () => {
  for (const [file, codes] of Object.entries(registries)) {
    it(`of ${file} are each expected by a test`, () => {
      const names = Object.keys(codes);
      assert.ok(names.length > 0);
      // Quoted, as a code that a test compares with.
      const unreached = names.filter((code) => !tests.includes(`'${code}'`) && !tests.includes(`"${code}"`));
      assert.deepEqual(unreached, [], 'write a test that provokes them, or take them out of the registry');
    });
  }
});
