import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { ovsOfctlMatch } from '../fields/ovs-match.ts';
import type { FlowModCommand } from '../messages/flow-mod-types.ts';
import { decodeMessage, encodeMessage } from '../messages/registry.ts';
import type { Version } from '../messages/types.ts';
import { formatFlow } from '../text/flow-format.ts';
import { parseFlow } from '../text/flow-parse.ts';
import { hexOf } from '../wire/hex.ts';
import { hasOvsOfctl, ofpPrint, Recorder } from './ovs-ofctl.ts';
import { matchAndActions } from './printed-flow.ts';

interface Vector {
  readonly command: string;
  readonly text: string;
  /** In OpenFlow 1.3, 1.4 and 1.5. */
  readonly hex13: string;
  readonly hex14: string;
  readonly hex: string;
  readonly printed: string;
}

const vectors = JSON.parse(readFileSync(new URL('./flows.json', import.meta.url), 'utf8')) as Vector[];
const commands: Readonly<Record<string, FlowModCommand>> = {
  'add-flow': 'add',
  'mod-flows': 'modify',
  'del-flows': 'delete',
};

function encodeText(text: string, command: FlowModCommand, version: Version = 6): string {
  const flow = parseFlow(text, command);
  return hexOf(encodeMessage({ ...flow, match: ovsOfctlMatch(flow.match, version) }, { version }));
}

function flowOf(hex: string) {
  const message = decodeMessage(Buffer.from(hex, 'hex'));
  assert.equal(message.type, 'flow-mod');
  return message;
}

describe('flows against what ovs-ofctl sent', () => {
  for (const { command, text, hex13, hex14, hex } of vectors) {
    it(`encodes ${command} ${text}`, () => {
      const flowCommand = commands[command] as FlowModCommand;
      assert.equal(encodeText(text, flowCommand), hex);
      assert.equal(encodeText(text, flowCommand, 5), hex14);
      assert.equal(encodeText(text, flowCommand, 4), hex13);
    });
    it(`decodes and encodes ${command} ${text} to the same bytes`, () => {
      assert.equal(hexOf(encodeMessage(flowOf(hex))), hex);
      assert.equal(hexOf(encodeMessage(flowOf(hex14), { version: 5 })), hex14);
      assert.equal(hexOf(encodeMessage(flowOf(hex13), { version: 4 })), hex13);
    });
  }
});

/** What is printed, by Open vSwitch as well, does not say everything. */
const printedWithLoss = new Set([
  // A mask over all bytes of a tunnel option.
  'tun_metadata0=0x5/0xff actions=drop',
  // The maximal length of an output.
  'actions=enqueue:5:7,enqueue(LOCAL,8)',
]);
/** Open vSwitch prints these without their masks, and under names that it cannot read; the library does neither. */
const printedInPart = /tun_erspan|tun_gtpu/;

describe('flows against what ovs-ofctl prints', () => {
  for (const { command, text, hex, printed } of vectors.filter(({ command }) => command !== 'del-flows')) {
    if (printedInPart.test(text)) continue;
    it(`prints ${command} ${text}`, () => {
      const flow = {
        ...flowOf(hex),
        cookie: 0n,
        flags: [],
        table: 0,
        idleTimeout: 0,
        hardTimeout: 0,
        importance: 0,
      };
      assert.equal(formatFlow({ ...flow, cookieMask: 0n }), matchAndActions(printed));
    });
    if (printedWithLoss.has(text)) continue;
    it(`reads what it printed of ${command} ${text}`, () => {
      const flow = flowOf(hex);
      const again = parseFlow(formatFlow(flow), flow.command);
      assert.equal(hexOf(encodeMessage({ ...again, match: ovsOfctlMatch(again.match) })), hex);
    });
  }
});

describe('flows against the installed ovs-ofctl', {
  skip: hasOvsOfctl ? false : 'ovs-ofctl is not installed',
}, () => {
  let recorder: Recorder;
  before(async () => {
    recorder = await Recorder.start();
  });
  after(() => recorder.stop());

  it('sends the recorded bytes', async () => {
    for (const { command, text, hex } of vectors.filter((_, index) => index % 10 === 0)) {
      const [bytes] = await recorder.record(6, command, text);
      assert.ok(bytes, `${command} ${text} sent no flow-mod`);
      assert.equal(hexOf(bytes), hex, `${command} ${text}`);
    }
  });

  it('prints the recorded texts', async () => {
    for (const { hex, printed } of vectors.filter((_, index) => index % 10 === 5)) {
      assert.equal(await ofpPrint(hex), printed);
    }
  });
});
