import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeTables } from '../testing/tables.ts';
import { planTargets } from './targets.ts';

const first = 'tcp:192.0.2.1:6653';
const second = 'tcp:192.0.2.2:6653';
const host = () => new FakeTables().addBridge('br-int');

describe('controller targets', () => {
  it('touches nothing when they are set', () => {
    assert.deepEqual(planTargets(host().addController('br-int', first), [first]), []);
    const both = host().addController('br-int', first).addController('br-int', second);
    assert.deepEqual(planTargets(both, [second, first, first]), []);
  });

  it('replaces the set in one step, keeping the rows that stay', () => {
    const tables = host().addController('br-int', first);
    const [kept] = tables.controllers.keys();
    const operations = planTargets(tables, [first, second]);
    assert.deepEqual(
      operations.map(({ op }) => op),
      ['insert', 'update'],
    );
    const update = operations[1];
    assert.ok(update?.op === 'update' && 'controller' in update.row);
    assert.deepEqual(update.row.controller, [kept, { namedUuid: 'target_0' }]);
  });

  it('never leaves the set empty', () => {
    const [insert, update] = planTargets(host().addController('br-int', first), [second]);
    assert.equal(insert?.op, 'insert');
    assert.ok(update?.op === 'update' && 'controller' in update.row);
    assert.deepEqual(update.row.controller, [{ namedUuid: 'target_0' }]);
    assert.deepEqual(planTargets(host().addController('br-int', first), []), []);
  });

  it('corrects the settings of a row in place', () => {
    const tables = host().addController('br-int', first, { inactivity_probe: 0 });
    const operations = planTargets(tables, [first]);
    assert.equal(operations.length, 1);
    assert.ok(operations[0]?.op === 'update' && operations[0].table === 'Controller');
  });
});
