/*
 * Records `flows.json`, `commands.json`, `fields.json` and `errors.json` anew from what the installed ovs-ofctl sends and prints:
 *   node --conditions=source packages/node-openflow/src/vectors/record.ts
 */
import { writeFile } from 'node:fs/promises';
import type { Version } from '../messages/types.ts';
import { hexOf } from '../wire/hex.ts';
import { commandTexts } from './command-texts.ts';
import { errorVectors } from './error-vectors.ts';
import { fieldVectors } from './field-vectors.ts';
import { flowCommandTexts, flowTexts } from './flow-texts.ts';
import { ofpPrint, ofpPrintAll, Recorder } from './ovs-ofctl.ts';

const recorder = await Recorder.start();

async function recordFlow(version: Version, command: string, text: string): Promise<string> {
  const [bytes] = await recorder.record(version, command, text);
  if (!bytes) throw new Error('no flow-mod came');
  return hexOf(bytes);
}

async function recordFlows(): Promise<object[]> {
  const vectors: object[] = [];
  for (const [command, text] of [
    ...flowTexts.map((text) => ['add-flow', text] as const),
    ...flowCommandTexts,
  ]) {
    const hex13 = await recordFlow(4, command, text);
    const hex14 = await recordFlow(5, command, text);
    const hex = await recordFlow(6, command, text);
    vectors.push({ command, text, hex13, hex14, hex, printed: await ofpPrint(hex) });
  }
  return vectors;
}

/** What a command sends, or nothing where ovs-ofctl refuses it. */
async function recordCommand(version: Version, command: string, text: string): Promise<string[] | undefined> {
  try {
    return (await recorder.record(version, command, text)).map(hexOf);
  } catch {
    return undefined;
  }
}

async function recordCommands(): Promise<object[]> {
  const vectors: object[] = [];
  for (const [command, text] of commandTexts) {
    const hex13 = await recordCommand(4, command, text);
    const hex14 = await recordCommand(5, command, text);
    vectors.push({ command, text, hex13, hex14, hex: await recordCommand(6, command, text) });
  }
  return vectors;
}

async function write(name: string, vectors: object[]): Promise<void> {
  await writeFile(new URL(name, import.meta.url), `${JSON.stringify(vectors, undefined, 2)}\n`);
}

/** One vector on a line: there are many. */
async function writeLines(name: string, vectors: readonly object[]): Promise<void> {
  const lines = vectors.map((vector) => JSON.stringify(vector));
  await writeFile(new URL(name, import.meta.url), `[\n${lines.join(',\n')}\n]\n`);
}

/** Adds what ofp-print says, where Open vSwitch understands the message. */
async function printed<Vector extends { readonly hex: string }>(
  vectors: readonly Vector[],
): Promise<object[]> {
  const texts = await ofpPrintAll(vectors.map(({ hex }) => hex));
  return vectors.map((vector, index) => {
    const text = texts[index] as string;
    return text.includes('***decode error') ? vector : { ...vector, printed: text };
  });
}

await writeLines('./fields.json', await printed(fieldVectors()));
await writeLines('./errors.json', await printed(errorVectors()));
await write('./flows.json', await recordFlows());
await write('./commands.json', await recordCommands());
await recorder.stop();
