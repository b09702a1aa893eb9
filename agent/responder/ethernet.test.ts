import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatEthernet, parseEthernet, untagged, withTag } from './ethernet.ts';

const frame = formatEthernet({
  destination: 0x0200_0000_0001n,
  source: 0x0200_0000_0002n,
  etherType: 0x0800,
  payload: Buffer.alloc(46, 7),
});

describe('a VLAN tag', () => {
  it('is taken away and put back', () => {
    const tag = Buffer.from([0x81, 0x00, 0x00, 0x64]);
    const tagged = withTag(frame, tag);
    assert.equal(tagged.length, frame.length + 4);
    assert.equal(parseEthernet(tagged).etherType, 0x8100);
    const plain = untagged(tagged);
    assert.deepEqual(plain, { frame, tag });
    assert.equal(parseEthernet(plain.frame).etherType, 0x0800);
  });

  it('is not seen where there is none', () => {
    assert.deepEqual(untagged(frame), { frame });
    assert.deepEqual(withTag(frame, undefined), frame);
    assert.deepEqual(untagged(Buffer.alloc(15, 0x81)).tag, undefined, 'too short');
  });
});
