/** The examples run, and the documents name what there is. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startRealServer } from './testing/index.ts';
import { eventually, kill, run } from './testing/run.ts';
import { skipWithoutServer } from './testing/skip.ts';

const example = fileURLToPath(new URL('../examples/follow-bridges.ts', import.meta.url));

it('the README shows the example as it is', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  assert.ok(readme.includes(`\`\`\`ts\n${readFileSync(example, 'utf8')}\`\`\``));
});

it('CONFORMANCE.md names files and tests that exist', () => {
  const page = readFileSync(new URL('../CONFORMANCE.md', import.meta.url), 'utf8');
  const source = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| (?!section)(.+) \| (.+) \| `(.+?)`: (.+) \|$/gm)];
  assert.ok(rows.length > 40);
  for (const [, section, where = '', file, title = ''] of rows) {
    for (const [, path] of where.matchAll(/`([\w/-]+\.ts)`/g)) assert.ok(source(`./${path}`), section);
    assert.ok(source(`./${file}`).includes(`'${title}'`), `${section}: ${file} has no test "${title}"`);
  }
});

it('the example works', { skip: skipWithoutServer }, async (test) => {
  const server = await startRealServer();
  test.after(() => server.remove());
  await server.vsctl('init');
  const child = spawn(process.execPath, ['--conditions=source', example, server.endpoint], {
    timeout: 20_000,
  });
  test.after(() => kill(child));
  let printed = '';
  child.stdout.on('data', (chunk) => {
    printed += String(chunk);
  });
  await eventually(() => printed.startsWith('1\n'), 'the bridge is there');
  await server.vsctl('set', 'Interface', 'br0', 'ofport_request=7', 'external_ids:iface-id=x', 'ofport=7');
  await eventually(() => printed.includes('undefined → 7 x\n'), 'the change is printed');
  child.kill('SIGTERM');
  await once(child, 'exit');
});

it('the example of locks works, also for two at a time', { skip: skipWithoutServer }, async (test) => {
  const server = await startRealServer();
  test.after(() => server.remove());
  await server.vsctl('init');
  const program = fileURLToPath(new URL('../examples/take-turns.ts', import.meta.url));
  const turn = () => run(process.execPath, ['--conditions=source', program, server.endpoint]);
  const printed = await Promise.all([turn(), turn()]);
  for (const line of printed) {
    assert.match(line, /^\d+ had its turn\n$/);
  }
  const last = (await server.vsctl('get', 'Open_vSwitch', '.', 'external_ids:turn')).replaceAll(/\D/g, '');
  assert.ok(printed.some((line) => line.startsWith(`${last} `)));
});
