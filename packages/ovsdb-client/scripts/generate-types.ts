/**
 * Writes TypeScript types for an OVSDB schema.
 *
 *   node --conditions=source scripts/generate-types.ts SCHEMA.ovsschema OUTPUT.ts
 *   node --conditions=source scripts/generate-types.ts --check SCHEMA.ovsschema OUTPUT.ts
 *
 * With `--check` nothing is written; the exit code is 1 when the output is stale.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { generateTypes } from '../src/schema/generate.ts';
import { parseSchema } from '../src/schema/parse.ts';

const arguments_ = process.argv.slice(2);
const check = arguments_[0] === '--check';
const [schemaPath, outputPath] = check ? arguments_.slice(1) : arguments_;
if (schemaPath === undefined || outputPath === undefined) {
  console.error('usage: generate-types.ts [--check] SCHEMA.ovsschema OUTPUT.ts');
  process.exit(2);
}

const schema = parseSchema(JSON.parse(readFileSync(schemaPath, 'utf8')));
const source = generateTypes(schema, basename(schemaPath));
if (!check) {
  writeFileSync(outputPath, source);
} else if (readFileSync(outputPath, 'utf8') !== source) {
  console.error(`${outputPath} is stale: run scripts/generate-types.ts ${schemaPath} ${outputPath}`);
  process.exit(1);
}
