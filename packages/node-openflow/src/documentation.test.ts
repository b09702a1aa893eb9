/** The examples run, and the README shows those that it shows as they are. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { connect } from './connection/server.ts';
import { encodeMessage } from './messages/registry.ts';
import type { DecodedMessage } from './messages/types.ts';
import { ports } from './ports.ts';
import { TestSwitch } from './testing/test-switch.ts';
import { formatFlow } from './text/flow-format.ts';
import { parseFlow } from './text/flow-parse.ts';
import { pcapOf } from './tshark/pcap.ts';

const execute = promisify(execFile);
const folder = fileURLToPath(new URL('../examples/', import.meta.url));
const flags = ['--conditions=source', '--disable-warning=ExperimentalWarning'];

async function run(name: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await execute(process.execPath, [...flags, join(folder, name), ...args], {
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  return stdout;
}

/** Starts an example that listens on any port. */
async function start(
  test: TestContext,
  name: string,
): Promise<{ port: number; nextLine: () => Promise<string> }> {
  const child: ChildProcess = spawn(process.execPath, [...flags, join(folder, name), '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 60_000,
  });
  test.after(async () => {
    const ended = once(child, 'exit');
    if (child.kill()) await ended;
  });
  assert.ok(child.stdout);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async () => String((await lines.next()).value);
  const [, port] = /^listening on port (\d+)$/.exec(await nextLine()) ?? [];
  assert.ok(port);
  return { port: Number(port), nextLine };
}

it('the README shows its examples as they are', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  for (const name of ['text-to-bytes.ts', 'firewall.ts', 'simulated.test.ts']) {
    assert.ok(readme.includes(`\`\`\`ts\n${readFileSync(join(folder, name), 'utf8')}\`\`\``), name);
  }
});

describe('the examples', () => {
  it('text-to-bytes.ts', async () => {
    const printed = await run('text-to-bytes.ts');
    assert.match(printed, /\n060e[0-9a-f]+\n/);
    assert.ok(printed.endsWith('resubmit(,6)\n'), printed);
    assert.ok(printed.includes('cookie=0xfeed, table=5, priority=200,ip,nw_dst=10.0.0.0/8'), printed);
  });

  it('firewall.ts', async (test) => {
    const { port, nextLine } = await start(test, 'firewall.ts');
    const device = new TestSwitch({ datapathId: 1n });
    test.after(() => device.close());
    await device.connect({ port });
    assert.equal(await nextLine(), 'a switch of version 6 has 2 flows');
    assert.equal(device.flowCount, 2);
  });

  it('learning-switch.ts', async (test) => {
    const { port } = await start(test, 'learning-switch.ts');
    const device = connect({ port }, { role: 'switch' });
    test.after(() => device.close());
    const received: DecodedMessage[] = [];
    device.on('message', (message) => received.push(message));
    while (received.length < 1) await once(device, 'message');
    const packetIn = (inPort: number, frame: string) =>
      device.send({
        type: 'packet-in',
        bufferId: 0xffff_ffff,
        totalLength: 14,
        reason: 'action',
        table: 0,
        cookie: 0n,
        match: [{ field: 'in_port', value: inPort }],
        data: Buffer.from(frame, 'hex'),
      });
    const [first, second] = ['020000000001', '020000000002'];
    packetIn(1, `${second}${first}0800`);
    packetIn(2, `${first}${second}0800`);
    while (received.length < 4) await once(device, 'message');
    const [miss, flooded, flow, sent] = received;
    assert.ok(miss?.type === 'flow-mod' && flow?.type === 'flow-mod');
    assert.match(formatFlow(miss), /^ ?priority=0 actions=CONTROLLER:65535$/);
    assert.match(
      formatFlow(flow),
      /in_port=2,dl_src=02:00:00:00:00:02,dl_dst=02:00:00:00:00:01 actions=output:1/,
    );
    for (const [message, to] of [
      [flooded, ports.flood],
      [sent, 1],
    ] as const) {
      assert.ok(message?.type === 'packet-out');
      assert.deepEqual(
        message.actions.map((action) => action.type === 'output' && action.port),
        [to],
      );
    }
  });

  it('decode-capture.ts', async (test) => {
    const directory = mkdtempSync(join(tmpdir(), 'openflow-capture-'));
    test.after(() => rmSync(directory, { recursive: true }));
    const messages = Buffer.concat([
      encodeMessage({ type: 'hello', versions: [6] }),
      encodeMessage(parseFlow('table=5,tcp actions=drop')),
      encodeMessage({ type: 'barrier-request' }),
    ]);
    const cutOff = Buffer.from('060e000c00000004deadbeef', 'hex');
    // Messages do not end where packets do.
    const payloads = [messages.subarray(0, 21), messages.subarray(21), cutOff];
    const file = join(directory, 'session.pcap');
    writeFileSync(file, pcapOf(payloads, 6653));
    const lines = (await run('decode-capture.ts', file)).trimEnd().split('\n');
    assert.equal(lines.length, 4);
    assert.match(lines[1] ?? '', /^40000 → 6653 .*table=5,.*tcp actions=drop/);
    assert.match(lines[3] ?? '', /^40000 → 6653 OPENFLOW_/);
    assert.equal(await run('decode-capture.ts', file, '6640'), '');
  });
});
