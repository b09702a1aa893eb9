import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { matchTable, unknownField } from './registry.ts';

describe('fields without a definition', () => {
  it('get one that is made once, by number and by name', () => {
    const made = unknownField(0x0001fe00, undefined);
    assert.equal(made.name, 'oxm_1_127');
    assert.equal(unknownField(0x0001fe00, undefined), made);
    assert.equal(matchTable.byHead(0x0001fe00), made);
    assert.equal(matchTable.get('oxm_1_127'), made);
    assert.notEqual(unknownField(0x0001fe00, 7), made);
  });

  it('do not fill the memory, however many a peer makes up', () => {
    const first = unknownField(0xffff0000, 1);
    for (let experimenter = 2; experimenter < 2000; experimenter++) unknownField(0xffff0000, experimenter);
    // It was forgotten, and is made again as it was.
    assert.notEqual(unknownField(0xffff0000, 1), first);
    assert.deepEqual(unknownField(0xffff0000, 1), first);
  });

  it('are refused under names that are none', () => {
    for (const name of ['oxm_1_128', 'oxm_12345_1', 'oxm_x_1'] as const) {
      assert.throws(() => matchTable.get(name), /there is no field/);
    }
  });
});
