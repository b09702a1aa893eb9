/** A second opinion on every vector besides Open vSwitch's: that of Wireshark's dissectors. */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { vectorMessages } from '../fuzz/seeds.ts';
import { decodeMessage } from '../messages/registry.ts';
import type { DecodedMessage } from '../messages/types.ts';
import { defaultPriority } from '../ports.ts';
import { exceptionFor } from './exceptions.ts';
import { pcapOf } from './pcap.ts';

const run = promisify(execFile);
const port = 6653;
const hasTshark = spawnSync('tshark', ['--version'], { stdio: 'ignore', timeout: 30_000 }).status === 0;
// Continuous integration has it (scripts/debian-packages.txt): there its absence is a failure.
const skip = hasTshark || process.env.CI !== undefined ? false : 'tshark is not installed';

/** Columns that are asked for: of the header, of flow-mods, and the complaint. */
const header = ['version', 'type', 'length', 'xid'] as const;
const flowMod = ['table_id', 'command', 'priority', 'cookie', 'idle_timeout', 'hard_timeout'] as const;
const commands = ['add', 'modify', 'modify-strict', 'delete', 'delete-strict'];

/** What Wireshark reads in the packets: a row for each, a list of values for each column. */
async function dissect(file: string, version: number): Promise<string[][][]> {
  const protocol = `openflow_v${version}`;
  const columns = [
    ...header.map((name) => `${protocol}.${name}`),
    ...flowMod.map((name) => `${protocol}.flowmod.${name}`),
  ];
  const fields = [...columns, '_ws.malformed'].flatMap((name) => ['-e', name]);
  const options = ['-n', '-r', file, '-d', `tcp.port==${port},openflow`, '-T', 'fields'];
  const { stdout } = await run('tshark', [...options, ...fields], {
    timeout: 60_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => line.split('\t').map((cell) => cell.split(',')));
}

function flowModValues(message: DecodedMessage): number[] {
  if (message.type !== 'flow-mod') return [];
  const {
    table,
    command,
    priority = defaultPriority,
    cookie = 0n,
    idleTimeout = 0,
    hardTimeout = 0,
  } = message;
  return [table, commands.indexOf(command), priority, Number(cookie), idleTimeout, hardTimeout];
}

/** The first value in each column: later ones are of messages inside this one. */
function firstNumbers(cells: readonly string[][]): number[] {
  return cells.map(([first]) => (first === undefined || first === '' ? Number.NaN : Number(first)));
}

describe('Wireshark', { skip }, () => {
  const directory = mkdtemp(join(tmpdir(), 'node-openflow-'));
  after(async () => rm(await directory, { recursive: true }));

  for (const version of [4, 5, 6]) {
    it(`reads every vector of version ${version} as this library does`, async () => {
      const messages = vectorMessages().filter((bytes) => bytes[0] === version);
      assert.ok(messages.length > 500);
      const file = join(await directory, `${version}.pcap`);
      await writeFile(file, pcapOf(messages, port));
      const rows = await dissect(file, version);
      assert.equal(rows.length, messages.length);
      let malformed = 0;
      for (const [index, bytes] of messages.entries()) {
        const row = rows[index] as string[][];
        const message = decodeMessage(bytes);
        const hex = Buffer.from(bytes).toString('hex');
        assert.deepEqual(firstNumbers(row.slice(0, 4)), [version, bytes[1], bytes.length, message.xid], hex);
        const expected = flowModValues(message);
        assert.deepEqual(firstNumbers(row.slice(4, 4 + expected.length)), expected, hex);
        if (row.at(-1)?.[0] === '') continue;
        malformed++;
        assert.ok(
          exceptionFor(message),
          `Wireshark finds a ${message.type} malformed, for no known reason: ${hex}`,
        );
      }
      // Were all of them exceptions, this would be no opinion.
      assert.ok(malformed < messages.length / 2, `${malformed} of ${messages.length}`);
    });
  }

  it('does complain about what is malformed', async () => {
    const file = join(await directory, 'malformed.pcap');
    const flow = vectorMessages().find(
      (bytes) => bytes[0] === 4 && bytes[1] === 14 && bytes.length > 80,
    ) as Uint8Array;
    const damaged = Uint8Array.from(flow);
    // The length of the match: far beyond the message.
    damaged.set([0x7f, 0xff], 50);
    await writeFile(file, pcapOf([damaged], port));
    const [row] = await dissect(file, 4);
    assert.notEqual(row?.at(-1)?.[0], '');
  });
});
