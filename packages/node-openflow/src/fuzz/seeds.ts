import { readdirSync, readFileSync } from 'node:fs';
import { encodeMessage } from '../messages/registry.ts';
import type { Version } from '../messages/types.ts';
import { messageSamples } from '../vectors/message-samples.ts';

const folder = new URL('../vectors/', import.meta.url);
const hexadecimal = /^(?:[0-9a-f]{2}){8,}$/;

/** Every text in a value read from JSON that is bytes of a message in hexadecimal digits. */
function* hexTexts(value: unknown): Generator<string> {
  if (typeof value === 'string') {
    if (hexadecimal.test(value)) yield value;
  } else if (typeof value === 'object' && value !== null) {
    for (const item of Object.values(value)) yield* hexTexts(item);
  }
}

const allVersions: readonly Version[] = [4, 5, 6];

function* vectorTexts(): Generator<string> {
  for (const name of readdirSync(folder).sort()) {
    if (name.endsWith('.json')) yield* hexTexts(JSON.parse(readFileSync(new URL(name, folder), 'utf8')));
  }
}

/** The bytes of every recorded vector and of every sample message in each of its versions, each once. */
export function vectorMessages(): Uint8Array[] {
  const texts = new Set(vectorTexts());
  for (const { message, versions = allVersions } of messageSamples) {
    for (const version of versions) {
      texts.add(Buffer.from(encodeMessage(message, { version })).toString('hex'));
    }
  }
  return Array.from(texts, (text) => Uint8Array.from(Buffer.from(text, 'hex')));
}
