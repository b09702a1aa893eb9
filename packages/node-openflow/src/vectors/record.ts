/*
 * Records `flows.json` anew from what the installed ovs-ofctl sends and prints:
 *   node --conditions=source packages/node-openflow/src/vectors/record.ts
 */
import { writeFile } from 'node:fs/promises';
import { hexOf } from '../wire/hex.ts';
import { commandTexts, flowTexts } from './flow-texts.ts';
import { ofpPrint, Recorder } from './ovs-ofctl.ts';

const flowModType = 14;

/** Where the transaction id is; it differs from run to run. */
function withoutXid(bytes: Uint8Array): string {
  return hexOf(bytes.map((byte, index) => (index >= 4 && index < 8 ? 0 : byte)));
}

const recorder = await Recorder.start();
const vectors: object[] = [];
const texts = [...flowTexts.map((text) => ['add-flow', text] as const), ...commandTexts];
for (const [command, text] of texts) {
  try {
    const [bytes] = await recorder.record(flowModType, command, text);
    if (!bytes) throw new Error('no flow-mod came');
    const hex = withoutXid(bytes);
    vectors.push({ command, text, hex, printed: await ofpPrint(hex) });
  } catch (error) {
    process.stderr.write(`${command} ${text}: ${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
await recorder.stop();
await writeFile(new URL('./flows.json', import.meta.url), `${JSON.stringify(vectors, undefined, 1)}\n`);
