import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { createLab, type Host, type Lab } from '@weft/labs/hosts';
import { pino } from 'pino';
import { AgentError } from '../errors.ts';
import type { AgentOptions } from '../options.ts';
import { runAgent } from '../run.ts';
import { FakeController } from '../testing/fake-controller.ts';

describe('preflight on a real host', () => {
  let lab: Lab;
  let host: Host;
  let controller: FakeController;
  let good: AgentOptions;

  before(async () => {
    controller = await new FakeController().start();
    lab = await createLab({ hosts: 1 });
    [host] = lab.hosts as [Host];
    good = {
      controller: controller.url,
      ovsdb: host.ovsdbEndpoint,
      host: 'h1',
      tunnelIp: host.tunnelAddress,
      bridgeMappings: [],
      zone: 'zone-a',
      startTimeoutMs: 1000,
      logger: pino({ enabled: false }),
    };
  });
  after(async () => {
    await lab.close();
    await controller.stop();
  });

  /** Fails to start with this code, on one line that fits the pattern. */
  async function refused(changes: Partial<AgentOptions>, code: string, pattern: RegExp): Promise<void> {
    await assert.rejects(runAgent({ ...good, ...changes }), (error: unknown) => {
      assert.ok(error instanceof AgentError, String(error));
      assert.equal(error.code, code);
      assert.match(error.message, pattern);
      assert.ok(!error.message.includes('\n'));
      return true;
    });
  }

  it('says that the socket is missing, or is no socket', async () => {
    await refused(
      { ovsdb: 'unix:/run/weft-none.sock' },
      'ovsdb-unreachable',
      /weft-none\.sock, does not exist/,
    );
    await refused({ ovsdb: 'unix:/etc/hostname' }, 'ovsdb-unreachable', /is not a socket/);
  });

  it('says that nobody answers as ovsdb-server', async () => {
    const path = `${host.directory}/mute.sock`;
    const mute = createServer(() => undefined).listen(path);
    await refused({ ovsdb: `unix:${path}` }, 'ovsdb-unreachable', /does not answer at unix:/);
    mute.close();
  });

  it('says that the controller does not answer, and changes nothing on the host then', async () => {
    await refused(
      { controller: 'http://127.0.0.1:1' },
      'controller-unreachable',
      /http:\/\/127\.0\.0\.1:1 .*Check/,
    );
    assert.doesNotMatch(await host.vsctl('list-br'), /br-int/);
  });

  it('says which bridge is missing', async () => {
    const bridgeMappings = [{ network: 'external', bridge: 'br-none' }];
    await refused(
      { bridgeMappings, startTimeoutMs: 10_000 },
      'bridge-missing',
      /no bridge br-none .*ovs-vsctl add-br br-none/,
    );
  });

  it('says that ovs-vswitchd hangs, and that it is not there', async () => {
    await host.killVswitchd('SIGSTOP');
    await refused({}, 'vswitchd-down', /did not take configuration/);
    await host.killVswitchd('SIGKILL');
    await refused({}, 'vswitchd-down', /ovs-vswitchd/);
    await host.restartVswitchd();
  });

  it('says what the controller refuses', async () => {
    controller.failing = 409;
    await refused({ startTimeoutMs: 10_000 }, 'registration-refused', /made to fail/);
    controller.failing = undefined;
  });

  it('starts when all is right, and closes', async () => {
    const agent = await runAgent({ ...good, startTimeoutMs: 10_000 });
    assert.ok(controller.hosts.has('h1'));
    await agent.close();
  });
});
