import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rareTrials, type TrialCount, trialTable } from './trial-table.ts';

const trials: readonly TrialCount[] = [
  { sort: 'inside', verdict: 'allowed', count: 12 },
  { sort: 'across', verdict: 'denied by ACL', count: 2 },
  { sort: 'out', verdict: 'denied by ACL', count: 1 },
];

describe('the table of trials', () => {
  it('has a line for each sort and a column for each verdict', () => {
    const lines = trialTable(trials).split('\n');
    assert.match(lines[0] ?? '', /^ +allowed {2}no way {2}denied by rules {2}denied by ACL$/);
    assert.match(lines[1] ?? '', /^inside +12 +0 +0 +0$/);
    assert.equal(new Set(lines.map(({ length }) => length)).size, 1);
  });

  it('says of what there was too little', () => {
    const rare = rareTrials(trials);
    assert.deepEqual(
      ['inside', 'allowed', 'denied by ACL'].filter((one) => rare.includes(one)),
      [],
    );
    assert.deepEqual(
      ['across', 'in', 'no way', 'denied by rules'].filter((one) => !rare.includes(one)),
      [],
    );
  });
});
