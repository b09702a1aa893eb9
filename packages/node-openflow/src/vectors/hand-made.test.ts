import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeMessage, encodeMessage } from '../messages/registry.ts';
import { formatFlow } from '../text/flow-format.ts';
import { hexOf } from '../wire/hex.ts';
import { handMade, handMadeFlowMod } from './hand-made.ts';
import { hasOvsOfctl, ofpPrint } from './ovs-ofctl.ts';

describe('actions and instructions that ovs-ofctl never sends', () => {
  for (const vector of handMade) {
    const { structure, text, printed, readOnly, versions = [4, 5, 6] } = vector;
    it(`${structure} is ${text}`, async () => {
      for (const version of versions) {
        const hex = handMadeFlowMod(vector, version);
        const message = decodeMessage(Buffer.from(hex, 'hex'));
        assert.equal(message.type, 'flow-mod');
        assert.equal(formatFlow({ ...message, cookie: 0n }), `actions=${text}`);
        const again = hexOf(encodeMessage(message, { version }));
        if (readOnly)
          assert.equal(
            formatFlow(decodeMessage(Buffer.from(again, 'hex')) as typeof message),
            `actions=${text}`,
          );
        else assert.equal(again, hex);
        if (printed && hasOvsOfctl)
          assert.ok((await ofpPrint(hex)).endsWith(`actions=${text}`), await ofpPrint(hex));
      }
    });
  }
});
