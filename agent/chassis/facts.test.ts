import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeTables } from '../testing/tables.ts';
import { readFacts, sameFacts } from './facts.ts';

const mappings = [{ network: 'lab', bridge: 'br-ex' }];
const host = (tunnel: { ofport?: number; error?: string }) =>
  new FakeTables()
    .addBridge('br-int', { datapath_id: '00000000000000aa' })
    .addPort({ bridge: 'br-int', name: 'weft-geneve', ...tunnel })
    .addPort({ bridge: 'br-int', name: 'weft-lab-int', ofport: 4 });

describe('chassis facts', () => {
  it('are complete when every port has its number', () => {
    assert.deepEqual(readFacts(host({ ofport: 3 }), mappings), {
      datapathId: '00000000000000aa',
      tunnelPort: 3,
      externalPorts: { lab: 4 },
    });
    assert.equal(readFacts(host({}), mappings), undefined);
    assert.equal(readFacts(host({ ofport: 3 }), [{ network: 'other', bridge: 'br-ex' }]), undefined);
  });

  it("say why a port failed, in Open vSwitch's words", () => {
    assert.throws(() => readFacts(host({ ofport: -1, error: 'could not add: File exists' }), mappings), {
      code: 'port-failed',
      message: /weft-geneve: could not add: File exists\. .+/,
    });
  });

  it('are compared by what the controller would see', () => {
    const facts = { datapathId: 'a', tunnelPort: 1, externalPorts: { lab: 4 } };
    assert.ok(sameFacts(facts, { ...facts, externalPorts: { lab: 4 } }));
    assert.ok(!sameFacts(facts, { ...facts, tunnelPort: 2 }));
    assert.ok(!sameFacts(facts, { ...facts, externalPorts: {} }));
    assert.ok(!sameFacts(facts, { ...facts, externalPorts: { lab: 5 } }));
  });
});
