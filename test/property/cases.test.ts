import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { keptCases } from './cases.ts';
import { Rig } from './rig.ts';

describe('cases on which model and switches once disagreed', () => {
  for (const [file, { about, script }] of keptCases()) {
    it(`${file}: ${about}`, async () => {
      await using rig = await Rig.create();
      let sent = 0;
      for (const [index, step] of script.entries()) {
        const { type } = await rig.run(step);
        assert.notEqual(type, 'refused', `step ${index + 1} has no effect: the case tests something else`);
        if (type === 'sent') sent++;
      }
      assert.ok(sent > 0, 'a case sends a packet');
    });
  }
});
