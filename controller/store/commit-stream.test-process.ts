/**
 * Commits to the store in the file that the first argument names, until it is killed, and writes the number of each
 * acknowledged commit to standard output as one line. Started by `durability.test.ts`.
 */
import { writeSync } from 'node:fs';
import { openSqliteStore } from './sqlite.ts';
import { testCounter, transactionOf } from './testing.ts';

const store = await openSqliteStore(process.argv[2] ?? '');
for (let number = store.revision + 1; ; number++) {
  const puts = [testCounter(`commit-${number}`, number), testCounter('newest', number)];
  const revision = await store.commit(transactionOf({ puts }));
  // Synchronous: an acknowledgement must not get lost between here and the test when this process is killed.
  writeSync(1, `${revision}\n`);
}
