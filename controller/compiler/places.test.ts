import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeMessage } from 'node-openflow';
import { type Flow, isIpv4, load, on, toFlowMod } from '../pipeline/index.ts';
import { overwrites } from './places.ts';

const flow = (priority: number, address: number, value = 1): Flow => ({
  stage: 'resolve',
  priority,
  match: [isIpv4, on('ipv4_dst', address)],
  actions: [load('nextHop', value)],
});
const bytes = (...flows: Flow[]) => Buffer.concat(flows.map((one) => encodeMessage(toFlowMod(one, 0n))));

describe('flows that overwrite others', () => {
  it('have the same places, whatever they do', () => {
    assert.equal(overwrites(bytes(flow(1, 1, 5), flow(2, 2)), bytes(flow(1, 1, 6), flow(2, 2))), true);
  });
  it('may be more', () => {
    assert.equal(overwrites(bytes(flow(1, 1), flow(2, 2)), bytes(flow(1, 1))), true);
  });
  it('but not fewer', () => {
    assert.equal(overwrites(bytes(flow(1, 1)), bytes(flow(1, 1), flow(2, 2))), false);
  });
  it('and not of another priority, match or stage', () => {
    const old = bytes(flow(1, 1));
    assert.equal(overwrites(bytes(flow(2, 1)), old), false);
    assert.equal(overwrites(bytes(flow(1, 2)), old), false);
    assert.equal(overwrites(bytes({ ...flow(1, 1), stage: 'translate' }), old), false);
    assert.equal(overwrites(bytes({ ...flow(1, 1), match: [isIpv4] }), old), false);
  });
  it('nor with a longer match than the last old flow has bytes', () => {
    const old = bytes({ ...flow(1, 1), match: [isIpv4], actions: [] });
    assert.equal(overwrites(bytes(flow(1, 1)), old), false);
  });
});
