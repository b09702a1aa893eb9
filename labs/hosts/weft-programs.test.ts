import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createLab, type Lab } from './index.ts';
import { tracesOf } from './test-support.ts';

const standIn = join(import.meta.dirname, 'fixtures', 'stand-in-weft.py');

describe('a controller and agents', () => {
  let lab: Lab;
  before(async () => {
    lab = await createLab({
      hosts: [
        { name: 'h1', zone: 'zone-b' },
        { name: 'h2', external: false },
        { name: 'h3', zone: 'never' },
      ],
      externalNetwork: { cidr: '203.0.113.0/24' },
      weftCommand: standIn,
    });
  });
  after(async () => {
    await lab.close();
  });

  test('an agent needs a controller', async () => {
    await assert.rejects(lab.host('h1').startAgent(), {
      code: 'invalid-option',
      message: /start a controller first/,
    });
  });

  test('are started with their options, reach each other, and are waited for', async () => {
    const controller = await lab.startController();
    assert.equal((await fetch(`${controller.apiUrl}/v1/health`)).status, 200);
    assert.notEqual(controller.apiPort, controller.openflowPort);

    const host = lab.host('h1');
    const agent = await host.startAgent({ args: ['--more', 'yes'] });
    assert.equal(agent.host, host);
    const said = JSON.parse(agent.logs[0] ?? '') as Record<string, unknown>;
    assert.deepEqual(said, {
      options: {
        '--controller': controller.apiUrl,
        '--ovsdb': host.ovsdbEndpoint,
        '--host': 'h1',
        '--tunnel-ip': '198.18.0.1',
        '--bridge-mapping': 'external=br-ex',
        '--zone': 'zone-b',
        '--compute': 'netns',
        '--more': 'yes',
      },
      status: 200,
      rundir: host.runDirectory,
    });

    const other = await lab.host('h2').startAgent({ controller });
    assert.doesNotMatch(other.logs[0] ?? '', /bridge-mapping/);
  });

  test('keep their store over kills and restarts, on the same ports', async () => {
    const controller = await lab.startController();
    const { pid, apiUrl } = controller;
    await controller.kill9();
    await assert.rejects(fetch(`${apiUrl}/v1/health`));
    await controller.restart();
    assert.notEqual(controller.pid, pid);
    assert.equal((await fetch(`${apiUrl}/v1/health`)).status, 200);
    const starts = controller.logs.map((line) => (JSON.parse(line) as { starts: number }).starts);
    assert.equal((starts[1] ?? 0) - (starts[0] ?? 0), 1);
    await controller.stop();
    assert.equal(controller.exitCode, 0);
  });

  test('a store elsewhere outlives the lab', async () => {
    const stateDirectory = await mkdtemp(join(tmpdir(), 'weft-state-'));
    const controller = await lab.startController({ stateDirectory });
    await controller.stop();
    assert.ok(existsSync(join(stateDirectory, 'store.sqlite')));
    await rm(stateDirectory, { recursive: true });
  });

  test('one that does not become ready is ended, and its last lines are shown', async () => {
    const controller = await lab.startController();
    await assert.rejects(lab.host('h3').startAgent(), {
      code: 'not-ready',
      message: /h3-agent: ended with status 1[\s\S]*this agent does not become ready/,
    });
    const { apiPort } = controller;
    await assert.rejects(lab.startController({ apiPort }), {
      code: 'port-in-use',
      message: new RegExp(`apiPort: 127.0.0.1:${apiPort} is in use`),
    });
  });

  test('end with the lab', async () => {
    await lab.close();
    assert.deepEqual(tracesOf(lab.name), []);
  });
});

test('a missing launcher is said', async () => {
  const lab = await createLab({ hosts: 0, weftCommand: '/nonexistent/weft' });
  try {
    await assert.rejects(lab.startController(), {
      code: 'requirement-missing',
      message: /nonexistent\/weft/,
    });
  } finally {
    await lab.close();
  }
});
