/*
 * A filter for OpenFlow messages, one line each:
 *   node ofp.ts print      < lines of hexadecimal digits       > the decoded message as JSON, with its text form
 *   node ofp.ts roundtrip  < lines of hexadecimal digits       > {"hex": what encoding it again gives, "same": …}
 *   node ofp.ts encode     < {"version", "command", "text"}    > {"hex": [the messages that ovs-ofctl would send]}
 *
 * A line that cannot be processed gives {"error": {"code", "offset", "reason"}}, and exit status 1 in the end.
 */
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { OpenFlowError } from '../errors.ts';
import { ovsOfctlMatch } from '../fields/ovs-match.ts';
import type { FlowModCommand } from '../messages/flow-mod-types.ts';
import { decodeMessage, encodeMessage } from '../messages/registry.ts';
import type { Version } from '../messages/types.ts';
import { parseFlow } from '../text/flow-parse.ts';
import { formatMessage } from '../text/message-text.ts';
import { badText, hexadecimal, parseHexBytes } from '../text/syntax.ts';
import { hexOf } from '../wire/hex.ts';

const versions = new Map<unknown, Version>([
  ['OpenFlow13', 4],
  ['OpenFlow14', 5],
  ['OpenFlow15', 6],
]);

const commands = new Map<unknown, FlowModCommand>([
  ['add-flow', 'add'],
  ['mod-flows', 'modify'],
  ['mod-flows --strict', 'modify-strict'],
  ['del-flows', 'delete'],
  ['del-flows --strict', 'delete-strict'],
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
  const hex = hexOf(encodeMessage(message, { version, xid: message.xid }));
  return { hex, same: hex === hexOf(bytes) };
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
  const command = commands.get(request.command ?? 'add-flow');
  if (version === undefined)
    return badText(`version "${String(request.version)}" is none of ${[...versions.keys()].join(', ')}`);
  if (command === undefined)
    return badText(`command "${String(request.command)}" is none of ${[...commands.keys()].join(', ')}`);
  if (typeof request.text !== 'string') return badText('the request has no "text"');
  const flow = parseFlow(request.text, command);
  return {
    hex: [hexOf(encodeMessage({ ...flow, match: ovsOfctlMatch(flow.match, version) }, { version }))],
  };
}

const modes = new Map<string | undefined, (line: string) => object>([
  ['print', print],
  ['roundtrip', roundtrip],
  ['encode', encode],
]);

function runLine(mode: (line: string) => object, line: string): { output: object; failed: boolean } {
  try {
    return { output: mode(line), failed: false };
  } catch (error) {
    if (!(error instanceof OpenFlowError)) throw error;
    const { code, offset, reason } = error;
    return { output: { error: { code, offset, reason } }, failed: true };
  }
}

/** Runs the filter; resolves with the exit status: 0, 1 when a line failed, 2 when the arguments are wrong. */
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
  let status = 0;
  for await (const line of createInterface({ input })) {
    if (line.trim() === '') continue;
    const result = runLine(mode, line);
    if (result.failed) status = 1;
    output.write(`${toJson(result.output)}\n`);
  }
  return status;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = await ofp(process.argv.slice(2), process.stdin, process.stdout, process.stderr);
}
