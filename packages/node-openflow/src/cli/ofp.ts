#!/usr/bin/env node
/*
 * A filter for OpenFlow messages, one line each:
 *   ofp print      < lines of hexadecimal digits       > the decoded message as JSON, with its text form
 *   ofp roundtrip  < lines of hexadecimal digits       > {"hex": what encoding it again gives}
 *   ofp encode     < {"version", "command", "text"}    > {"hex": [the messages that ovs-ofctl would send]}
 *
 * Commands are those of ovs-ofctl that write, from add-flow to bundle; the version is OpenFlow15 unless it is OpenFlow13 or
 * OpenFlow14. Each line gives one line; one that cannot be processed gives {"error": {"code", "offset", "reason"}}.
 */
import { once } from 'node:events';
import { realpathSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { OpenFlowError } from '../errors.ts';
import { decodeMessage, encodeMessage } from '../messages/registry.ts';
import type { Version } from '../messages/types.ts';
import { parseCommand } from '../text/commands.ts';
import { formatMessage } from '../text/message-text.ts';
import { badText, hexadecimal, parseHexBytes } from '../text/syntax.ts';
import { hexOf } from '../wire/hex.ts';

const versions = new Map<unknown, Version>([
  ['OpenFlow13', 4],
  ['OpenFlow14', 5],
  ['OpenFlow15', 6],
]);

/** JSON knows neither big integers nor bytes: both become hexadecimal texts. */
function toJson(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => {
    if (typeof item === 'bigint') return hexadecimal(item);
    return item instanceof Uint8Array ? hexOf(item) : item;
  });
}

function print(line: string): object {
  const message = decodeMessage(parseHexBytes(line, 'message'));
  return { ...message, text: formatMessage(message) };
}

function roundtrip(line: string): object {
  const bytes = parseHexBytes(line, 'message');
  const message = decodeMessage(bytes);
  const version = message.version as Version;
  return { hex: hexOf(encodeMessage(message, { version, xid: message.xid })) };
}

function parseRequest(line: string): Record<string, unknown> {
  try {
    const request: unknown = JSON.parse(line);
    if (typeof request === 'object' && request !== null) return request as Record<string, unknown>;
  } catch (error) {
    return badText(`"${line}" is not JSON: ${(error as Error).message}`);
  }
  return badText(`"${line}" is not a JSON object`);
}

function encode(line: string): object {
  const request = parseRequest(line);
  const version = versions.get(request.version ?? 'OpenFlow15');
  if (version === undefined)
    return badText(`version "${String(request.version)}" is none of ${[...versions.keys()].join(', ')}`);
  const command = request.command ?? 'add-flow';
  if (typeof command !== 'string') return badText('"command" is not a text');
  const text = request.text ?? '';
  if (typeof text !== 'string') return badText('"text" is not a text');
  const messages = parseCommand(command, text, version);
  return { hex: messages.map((message) => hexOf(encodeMessage(message, { version }))) };
}

const modes = new Map<string | undefined, (line: string) => object>([
  ['print', print],
  ['roundtrip', roundtrip],
  ['encode', encode],
]);

function runLine(mode: (line: string) => object, line: string): object {
  try {
    return mode(line);
  } catch (error) {
    if (!(error instanceof OpenFlowError)) throw error;
    const { code, offset, reason } = error;
    return { error: { code, offset, reason } };
  }
}

/** Runs the filter; resolves with the exit status: 0, or 2 when the arguments are wrong. */
export async function ofp(
  args: readonly string[],
  input: Readable,
  output: Writable,
  errors: Writable,
): Promise<number> {
  const mode = modes.get(args[0]);
  if (!mode || args.length !== 1) {
    errors.write(`usage: ofp ${[...modes.keys()].join('|')} < lines\n`);
    return 2;
  }
  for await (const line of createInterface({ input })) {
    if (!output.write(`${toJson(runLine(mode, line))}\n`)) await once(output, 'drain');
  }
  return 0;
}

/** npm starts it by a link. */
function isProgram(): boolean {
  const [, program] = process.argv;
  return program !== undefined && realpathSync(program) === fileURLToPath(import.meta.url);
}

if (isProgram()) {
  process.exitCode = await ofp(process.argv.slice(2), process.stdin, process.stdout, process.stderr);
}
