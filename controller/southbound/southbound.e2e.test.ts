import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { encodeCookie, tableOf } from '../pipeline/index.ts';
import { reservedKinds } from './messages.ts';
import { Southbound } from './southbound.ts';
import { type Edit, EditableState, global, host, vpc } from './testing/desired.ts';
import { isAlive, missingForRealSwitch, RealSwitch } from './testing/real-switch.ts';
import { until } from './testing/wait.ts';
import type { Rejection } from './types.ts';

/** Set in the process that runs inside of the network namespace. */
const inside = 'WEFT_SOUTHBOUND_INSIDE';
const port = 6653;
const foreignCookie = 0x1234n;
const learnedCookie = encodeCookie({ fragmentKind: reservedKinds.learned, number: 1, version: 0 });

const skip = missingForRealSwitch();
if (process.env[inside]) test('a real switch', { timeout: 60_000 }, scenario);
else test('in a namespace: a real switch', { timeout: 90_000, ...(skip ? { skip } : {}) }, runInside);

/** Removes what runs left behind that were killed: namespaces of this test whose process is gone. */
function removeStaleNamespaces(): void {
  const names = execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' });
  for (const [name, owner] of names.matchAll(/^weft-southbound-(\d+)/gm)) {
    if (isAlive(Number(owner))) continue;
    const processes = execFileSync('ip', ['netns', 'pids', name], { encoding: 'utf8' });
    for (const pid of processes.split('\n').filter((line) => line !== ''))
      process.kill(Number(pid), 'SIGKILL');
    execFileSync('ip', ['netns', 'delete', name]);
  }
}

/** Runs this file again in a network namespace of its own: the bridge's port must not appear on this machine. */
async function runInside(context: TestContext): Promise<void> {
  removeStaleNamespaces();
  const namespace = `weft-southbound-${process.pid}`;
  execFileSync('ip', ['netns', 'add', namespace]);
  try {
    const file = fileURLToPath(import.meta.url);
    const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
    const command = [`--net=/run/netns/${namespace}`, process.execPath, '--conditions=source', file];
    const child = spawn('nsenter', command, {
      env: { ...environment, [inside]: '1' },
      stdio: 'pipe',
      timeout: 70_000,
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    const [code] = await once(child, 'close');
    assert.equal(code, 0, output);
    for (const [line] of output.matchAll(/commit until barrier.*/g)) context.diagnostic(line);
  } finally {
    execFileSync('ip', ['netns', 'delete', namespace]);
  }
}

interface Controller {
  readonly southbound: Southbound;
  readonly rejections: Rejection[];
  commit(...edits: Edit[]): Promise<void>;
}

/** Controllers of this process, to be closed however the test ends. */
const controllers = new Set<Southbound>();

async function controller(desired: EditableState, generationId: bigint): Promise<Controller> {
  const rejections: Rejection[] = [];
  const silent = () => undefined;
  const southbound = new Southbound({
    desired,
    hostByDatapath: (datapathId) => (datapathId === '00000000000000a1' ? { hostId: 'host-1' } : undefined),
    generationId: () => generationId,
    logger: { debug: silent, info: silent, warn: silent, error: silent },
  });
  controllers.add(southbound);
  southbound.on('rejected', (rejection) => rejections.push(rejection));
  await southbound.listen({ host: '127.0.0.1', port });
  const commit = async (...edits: Edit[]) => {
    southbound.apply(desired.commit(...edits));
    await southbound.applied(desired.revision, 5_000);
  };
  return { southbound, rejections, commit };
}

async function isUp({ southbound }: Controller, desired: EditableState): Promise<void> {
  const isCurrent = () => southbound.liveness('host-1').appliedRevision === desired.revision;
  await until(
    () => southbound.liveness('host-1').openflow === 'up' && isCurrent(),
    'the switch to be up',
    15_000,
  );
}

async function scenario(): Promise<void> {
  execFileSync('ip', ['link', 'set', 'lo', 'up']);
  const desired = new EditableState();
  desired.commit(
    { put: { scope: global, key: 'g', number: 1, flows: 2 } },
    { put: { scope: vpc(5), key: 'v', number: 2, flows: 2 } },
    { put: { scope: vpc(5), key: 'stays', number: 4, flows: 2 } },
    { put: { scope: host(1), key: 'h', number: 3, flows: 2 } },
    { subscribe: { hostId: 'host-1', scope: vpc(5) } },
  );
  const first = await controller(desired, 1n);
  const device = await RealSwitch.start('00000000000000a1', port);
  try {
    await isUp(first, desired);
    await fillsTheSwitch(device, desired);
    await hit(device, desired, 3);
    await device.ofctl('add-flow', `cookie=${foreignCookie},table=3,priority=7,actions=drop`);
    await device.ofctl('add-flow', `cookie=${learnedCookie},table=3,priority=8,actions=drop`);
    await first.southbound.close();
    await hit(device, desired, 2);

    const second = await controller(desired, 2n);
    await isUp(second, desired);
    assert.equal(second.southbound.metrics.flowModsSent, 0, 'nothing changed, nothing is sent');
    assert.equal(second.southbound.metrics.dumps, 0);
    assert.equal(await packets(device, desired, 'stays'), 5, 'counters go on');
    await second.southbound.close();

    const old = desired.fragment(vpc(5), 'v').cookie;
    desired.commit({ put: { scope: vpc(5), key: 'v', number: 2, flows: 1, content: 1 } });
    const third = await controller(desired, 3n);
    await isUp(third, desired);
    assert.equal(third.southbound.metrics.skippedScopes, 2);
    assert.equal(await packets(device, desired, 'stays'), 5, 'an unchanged fragment keeps its counters');
    const cookies = (await device.flows()).map(({ cookie }) => cookie);
    assert.ok(!cookies.includes(old));
    assert.ok(cookies.includes(foreignCookie) && cookies.includes(learnedCookie));
    await changesWhileConnected(device, desired, third);
  } finally {
    for (const southbound of controllers) await southbound.close();
    await device.stop();
  }
}

async function fillsTheSwitch(device: RealSwitch, desired: EditableState): Promise<void> {
  const flows = await device.flows();
  assert.equal(flows.length, 8 + 3);
  const { cookie } = desired.fragment(host(1), 'h');
  assert.equal(flows.filter((flow) => flow.cookie === cookie).length, 2);
  assert.match(await device.ofctl('dump-tlv-map'), /0x177\s+0x1\s+4\s+tun_metadata0/);
}

/** Sends packets through the first flow of the fragment `stays`. */
async function hit(device: RealSwitch, desired: EditableState, times: number): Promise<void> {
  const before = await packets(device, desired, 'stays');
  const actions = `load:5->OXM_OF_METADATA[],load:40000->NXM_NX_REG8[],resubmit(,${tableOf('resolve')})`;
  const table = (await device.flows()).find(
    ({ cookie }) => cookie === desired.fragment(vpc(5), 'stays').cookie,
  )?.table;
  const packet = '0200000000010200000000020800'.padEnd(120, '0');
  for (let count = 0; count < times; count++) {
    await device.ofctl(
      'packet-out',
      `in_port=controller packet=${packet} actions=${actions.replace('14', String(table))}`,
    );
  }
  assert.equal(await packets(device, desired, 'stays'), before + times);
}

async function packets(device: RealSwitch, desired: EditableState, key: string): Promise<number> {
  const { cookie } = desired.fragment(vpc(5), key);
  const flows = (await device.flows()).filter((flow) => flow.cookie === cookie);
  assert.equal(flows.length, 2);
  return flows.reduce((sum, flow) => sum + flow.packets, 0);
}

async function changesWhileConnected(
  device: RealSwitch,
  desired: EditableState,
  { southbound, commit, rejections }: Controller,
) {
  await commit({ put: { scope: vpc(5), key: 'stays', number: 4, flows: 2, content: 7 } });
  assert.equal(
    await packets(device, desired, 'stays'),
    5,
    'an addition over the same match keeps the counters',
  );

  const times: number[] = [];
  for (let content = 100; content < 150; content++) {
    const started = performance.now();
    await commit({ put: { scope: host(1), key: 'h', number: 3, flows: 2, content } });
    times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  console.log(
    `commit until barrier: median ${times[25]?.toFixed(2)} ms, worst ${times.at(-1)?.toFixed(2)} ms`,
  );

  await commit({ put: { scope: host(1), key: 'bad', number: 9, actions: [{ type: 'group', group: 99 }] } });
  const receipt = await southbound.applied(desired.revision, 1_000);
  assert.deepEqual(receipt.hosts, [{ host: 'host-1', state: 'rejected', error: 'OFPBAC_BAD_OUT_GROUP' }]);
  assert.equal(rejections.length, 1);
  assert.equal(rejections[0]?.fragment, 'bad');
  assert.match(rejections[0]?.errorCode ?? '', /OUT_GROUP/);

  await commit({ unsubscribe: { hostId: 'host-1', scope: vpc(5) } });
  const left = (await device.flows()).map(({ cookie }) => cookie);
  assert.ok(!left.includes(desired.fragment(vpc(5), 'stays').cookie));
  assert.ok(left.includes(desired.fragment(host(1), 'h').cookie));
  assert.ok(left.includes(desired.fragment(global, 'g').cookie));
  assert.ok(left.includes(foreignCookie));
}
