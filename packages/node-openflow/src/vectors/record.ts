/*
 * Records `flows.json` anew from what the installed ovs-ofctl sends and prints:
 *   node --conditions=source packages/node-openflow/src/vectors/record.ts
 */
import { writeFile } from 'node:fs/promises';
import type { Version } from '../messages/types.ts';
import { hexOf } from '../wire/hex.ts';
import { commandTexts, flowTexts } from './flow-texts.ts';
import { ofpPrint, Recorder } from './ovs-ofctl.ts';

const flowModType = 14;

const recorder = await Recorder.start();

async function recordFlow(version: Version, command: string, text: string): Promise<string> {
  const [bytes] = await recorder.record(flowModType, version, command, text);
  if (!bytes) throw new Error('no flow-mod came');
  return hexOf(bytes);
}

const vectors: object[] = [];
const texts = [...flowTexts.map((text) => ['add-flow', text] as const), ...commandTexts];
for (const [command, text] of texts) {
  try {
    const hex13 = await recordFlow(4, command, text);
    const hex14 = await recordFlow(5, command, text);
    const hex = await recordFlow(6, command, text);
    vectors.push({ command, text, hex13, hex14, hex, printed: await ofpPrint(hex) });
  } catch (error) {
    process.stderr.write(`${command} ${text}: ${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
await recorder.stop();
await writeFile(new URL('./flows.json', import.meta.url), `${JSON.stringify(vectors, undefined, 1)}\n`);
