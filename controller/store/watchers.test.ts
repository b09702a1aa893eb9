import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

test('without a handler, a watcher that throws ends the process after the commit was acknowledged', () => {
  const program = `
    import { openSqliteStore } from '${new URL('./index.ts', import.meta.url)}';
    import { testCounter, transactionOf } from '${new URL('./testing.ts', import.meta.url)}';
    const store = await openSqliteStore(':memory:');
    await store.watch(0, () => { throw new Error('a defect of this watcher'); });
    const committed = store.commit(transactionOf({ puts: [testCounter('a', 1)] }));
    process.on('exit', () => console.log('at revision', store.revision));
    await committed;
    setTimeout(() => console.log('still alive'), 1000);
  `;
  const result = spawnSync(
    process.execPath,
    [...process.execArgv, '--input-type=module', '--eval', program],
    {
      encoding: 'utf8',
      timeout: 20_000,
    },
  );
  assert.equal(result.stdout, 'at revision 1\n');
  assert.match(result.stderr, /a defect of this watcher/);
  assert.notEqual(result.status, 0);
});
