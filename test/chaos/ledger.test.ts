import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ApiKind, ApiResource } from '@weft/api/contract';
import type { AnyResource } from '@weft/controller/resources';
import { Ledger } from './ledger.ts';

const make = (kind: ApiKind, id: string, spec: object, chaos?: string) =>
  ({ kind, id, spec, tags: chaos === undefined ? {} : { chaos } }) as unknown as ApiResource<ApiKind>;
const differences = (ledger: Ledger, ...stored: ApiResource<ApiKind>[]) => [
  ...ledger.differences(stored as AnyResource[]),
];

describe('what was acknowledged', () => {
  it('must be there as it was acknowledged last', () => {
    const ledger = new Ledger();
    ledger.put(0, make('vpc', 'vpc-1', { cidrBlock: '10.0.0.0/16' }, '0-1'));
    assert.deepEqual(differences(ledger, make('vpc', 'vpc-1', { cidrBlock: '10.0.0.0/16' }, '0-1')), []);
    assert.match(differences(ledger).join(), /vpc-1 was acknowledged and is missing/);
    assert.match(differences(ledger, make('vpc', 'vpc-1', {}, '0-1')).join(), /acknowledged was/);
    ledger.remove({ kind: 'vpc', id: 'vpc-1' });
    assert.deepEqual(differences(ledger), []);
    const back = differences(ledger, make('vpc', 'vpc-1', {}, '0-1'));
    assert.match(back.join(), /vpc-1 was deleted and is there/);
  });

  it('is all that clients made; what comes with a VPC or a group has no mark', () => {
    const ledger = new Ledger();
    assert.deepEqual(differences(ledger, make('security-group', 'sg-1', {})), []);
    const stray = make('security-group', 'sg-1', {}, '3-7');
    assert.match(differences(ledger, stray).join(), /nobody made it/);
  });

  it('a group takes its rules with it, an interface leaves its elastic IP', () => {
    const ledger = new Ledger();
    const rule = make('security-group-rule', 'sgr-1', { groupId: 'sg-1' }, '1-1');
    ledger.remove({ kind: 'security-group', id: 'sg-1' });
    ledger.put(1, rule);
    assert.deepEqual(ledger.all('security-group-rule'), []);
    assert.deepEqual(differences(ledger), []);
    assert.match(differences(ledger, rule).join(), /although its group was deleted/);

    const spec = { address: '203.0.113.10', networkInterfaceId: 'eni-1' };
    ledger.put(1, make('elastic-ip', 'eipalloc-1', spec, '1-2'));
    assert.deepEqual(differences(ledger, make('elastic-ip', 'eipalloc-1', spec, '1-2')), []);
    ledger.remove({ kind: 'network-interface', id: 'eni-1' });
    const alone = make('elastic-ip', 'eipalloc-1', { address: '203.0.113.10' }, '1-2');
    assert.deepEqual(differences(ledger, alone), []);
  });
});
