import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pino } from 'pino';
import type { Receipt } from '../resources/index.ts';
import type { Commit } from '../store/index.ts';
import { Placements } from './placements.ts';

const commit = (revision: number, kind = 'nat-gateway') =>
  ({ revision, changes: [{ kind, id: 'x', before: undefined, after: undefined }] }) as unknown as Commit;

/** A placer that decides when it is told to, in commits that it makes itself. */
function placements() {
  let decide = Promise.withResolvers<void>();
  let due = 0;
  const self: Placements = new Placements(
    {
      load: () => undefined,
      follow: ({ changes }) => {
        if (changes.some(({ kind }) => kind === 'nat-gateway')) due++;
        return due > 0;
      },
      settle: async () => {
        while (due > 0) {
          await decide.promise;
          due = 0;
        }
      },
    },
    pino({ enabled: false }),
  );
  self.start();
  const finish = (...revisions: number[]) => {
    for (const revision of revisions) self.follow(commit(revision, 'placement'));
    decide.resolve();
    decide = Promise.withResolvers();
  };
  return { self, finish };
}

const receipts: Record<number, Receipt> = {
  1: { revision: 1, applied: true, hosts: [{ host: 'a', state: 'applied' }] },
  2: {
    revision: 2,
    applied: false,
    hosts: [
      { host: 'a', state: 'pending' },
      { host: 'b', state: 'applied' },
    ],
  },
};
const confirm = async (revision: number) => receipts[revision] as Receipt;

describe('the receipt of a write whose gateways get their hosts afterwards', () => {
  it('waits for that, and is about those hosts, too', async () => {
    const { self, finish } = placements();
    self.follow(commit(1));
    const applied = self.applied(1, 5000, confirm);
    const early = await Promise.race([applied, new Promise((resolve) => setTimeout(resolve, 50, 'waits'))]);
    assert.equal(early, 'waits');
    finish(2);
    assert.deepEqual(await applied, {
      revision: 1,
      applied: false,
      hosts: [
        { host: 'a', state: 'pending' },
        { host: 'b', state: 'applied' },
      ],
    });
    assert.deepEqual(
      (await self.applied(1, 5000, confirm)).hosts.length,
      2,
      'asked for later, it is the same',
    );
    self.stop();
  });

  it('is its own when nothing has to be decided', async () => {
    const { self } = placements();
    self.follow(commit(1, 'vpc'));
    assert.deepEqual(await self.applied(1, 5000, confirm), receipts[1]);
    self.stop();
  });

  it('is not applied when it takes too long to decide', async () => {
    const { self, finish } = placements();
    self.follow(commit(1));
    assert.equal((await self.applied(1, 30, confirm)).applied, false);
    finish();
    assert.deepEqual(
      await self.applied(1, 5000, confirm),
      receipts[1],
      'no host was found: nothing to confirm',
    );
    self.stop();
  });
});
