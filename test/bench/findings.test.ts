import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type BedResult, type Finding, findingsOf } from './findings.ts';
import type { Measured } from './measure.ts';
import { type OperationName, operations } from './operations.ts';
import { formatReport } from './report.ts';

const summary = (ms: number) => ({ samples: 3, p50: ms, p95: ms, p99: ms, worst: ms });

/** A result in which every operation takes so long, but for those named. */
function result(size: number, ms: number, others: Partial<Record<OperationName, Measured>> = {}): BedResult {
  const names = Object.keys(operations) as OperationName[];
  const usual = { time: summary(ms), switches: 51, flowMods: 100 };
  return {
    size,
    loadSeconds: 1,
    memoryGrowth: 20_000 * size,
    realFlows: 400 + size,
    testFlows: 50 * size,
    operations: Object.fromEntries(
      names.map((name) => [name, others[name] ?? usual]),
    ) as BedResult['operations'],
    firstPacket: summary(ms),
  };
}

const unmet = (findings: readonly Finding[]) =>
  findings.filter(({ verdict }) => verdict !== 'met').map(({ aim, what, verdict }) => [aim, what, verdict]);

describe('findings', () => {
  it('are all met by a fast controller to which size does not matter', () => {
    assert.deepEqual(unmet(findingsOf([result(1000, 4), result(10_000, 4.4)])), []);
  });
  it('tell a miss from being far off', () => {
    const slow = { time: summary(9), switches: 51, flowMods: 100 };
    const slower = { time: summary(25), switches: 51, flowMods: 100 };
    const findings = findingsOf([result(1000, 4, { 'rule-add': slow, 'rule-remove': slower })]);
    assert.deepEqual(unmet(findings), [
      ['appliedFast', 'rule-add, 1,000 interfaces', 'missed'],
      ['appliedFast', 'rule-remove, 1,000 interfaces', 'far off'],
    ]);
  });
  it('compare the largest with the smallest network', () => {
    const findings = findingsOf([result(1000, 3), result(5000, 4.9), result(10_000, 4.5)]);
    assert.equal(unmet(findings).length, 8);
    assert.deepEqual(unmet(findings)[0], ['ratio', 'bind-real', 'missed']);
  });
  it('want the same number of flow-mods: fewer are as wrong as more', () => {
    const count = (flowMods: number) => ({ 'bind-test': { time: summary(1), switches: 51, flowMods } });
    const compare = (few: number, many: number) =>
      unmet(findingsOf([result(10, 1, count(few)), result(20, 1, count(many))]));
    assert.deepEqual(compare(0, 0), []);
    assert.deepEqual(compare(110, 111), [['flowMods', 'bind-test', 'missed']]);
    assert.deepEqual(compare(110, 50), [['flowMods', 'bind-test', 'far off']]);
    assert.deepEqual(compare(0, 1), [['flowMods', 'bind-test', 'missed']]);
    assert.deepEqual(compare(0, 50), [['flowMods', 'bind-test', 'far off']]);
  });
  it('count flows and the first packet, too', () => {
    assert.deepEqual(unmet(findingsOf([result(40_000, 20)])).slice(-2), [
      ['flows', '40,000 interfaces', 'missed'],
      ['firstPacket', '40,000 interfaces', 'missed'],
    ]);
  });
});

describe('the report', () => {
  it('has a line for each operation and size, and one for each aim', () => {
    const results = [result(1000, 4), result(10_000, 4.4)];
    const text = formatReport(results, findingsOf(results));
    assert.match(text, /bind-real +bind an interface, on the Open vSwitch host +1,000 +4\.0 +4\.0/);
    assert.match(text, /between the sizes 20,000 B per interface/);
    assert.match(text, /flows on a host +30,000 flows +10,400 flows +met +10,000 interfaces/);
    assert.equal(text.match(/ met /g)?.length, 6);
  });
});
