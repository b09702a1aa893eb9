import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createLab, type Host, type Lab } from './index.ts';
import { joinByTunnel, twoHosts } from './test-support.ts';

describe('the Open vSwitch of a host', () => {
  let lab: Lab;
  let host: Host;
  let other: Host;
  before(async () => {
    lab = await createLab({ hosts: 2 });
    [host, other] = twoHosts(lab);
    await joinByTunnel(host, other);
  });
  after(async () => {
    await lab.close();
  });

  test('is its own: what one host has the other does not see', async () => {
    await host.vsctl('add-br', 'br-mine', '--', 'set', 'Bridge', 'br-mine', 'datapath_type=netdev');
    assert.match(await host.vsctl('list-br'), /br-mine/);
    assert.doesNotMatch(await other.vsctl('list-br'), /br-mine/);
    assert.equal((await host.vsctl('get', 'Open_vSwitch', '.', 'external_ids:system-id')).trim(), 'h1');
    assert.equal(host.ovsdbEndpoint, `unix:${host.directory}/db.sock`);
    assert.equal(host.mgmtSocket('br-int'), `unix:${host.runDirectory}/br-int.mgmt`);
  });

  test('comes back after ovs-vswitchd was killed, with its tunnel address and without its flows', async () => {
    const cookies = async (): Promise<bigint[]> => (await host.dumpFlows()).map((flow) => flow.cookie);
    assert.deepEqual(await cookies(), [0x77n]);
    await host.killVswitchd();
    await assert.rejects(host.appctl('version'), { code: 'command-failed' });
    assert.equal((await other.ping(host.tunnelAddress, { count: 1, timeout: 0.3 })).received, 0);
    await host.restartVswitchd();
    assert.deepEqual(await cookies(), []);
    assert.ok((await other.ping(host.tunnelAddress, { count: 5 })).received >= 4);
  });

  test('restarts while it runs, alone and together with its database', async () => {
    const pid = async (): Promise<string> => await host.run('cat', [`${host.directory}/ovs-vswitchd.pid`]);
    const first = await pid();
    await host.restartVswitchd();
    const second = await pid();
    assert.notEqual(second, first);
    await host.restartAll();
    assert.notEqual(await pid(), second);
    assert.match(await host.vsctl('list-br'), /br-int/);
    assert.ok((await other.ping(host.tunnelAddress, { count: 5 })).received >= 4);
  });

  test('can be frozen and thawed', async () => {
    await host.killVswitchd('SIGSTOP');
    assert.equal((await other.ping(host.tunnelAddress, { count: 1, timeout: 0.3 })).received, 0);
    await host.killVswitchd('SIGCONT');
    assert.ok((await other.ping(host.tunnelAddress, { count: 3 })).received > 0);
  });

  test('says what a command did not like', async () => {
    await assert.rejects(host.vsctl('list-ports', 'br-none'), { code: 'command-failed', message: /br-none/ });
    await assert.rejects(host.ofctl('add-flow', 'br-int', 'nonsense'), {
      code: 'command-failed',
      message: /nonsense/,
    });
    await assert.rejects(host.dumpFlows('br-none'), { code: 'command-failed' });
  });
});

describe('commands and programs of a host', () => {
  let lab: Lab;
  let host: Host;
  before(async () => {
    lab = await createLab({ hosts: [{ name: 'only', tunnelAddress: '198.18.7.7' }] });
    host = lab.host('only');
  });
  after(async () => {
    await lab.close();
  });

  test('run inside, with input, and tell how they ended', async () => {
    assert.match(await host.run('ip', ['-o', 'address']), /198\.18\.7\.7\/16/);
    assert.deepEqual(await host.exec('cat', [], { input: 'given' }), {
      code: 0,
      stdout: 'given',
      stderr: '',
    });
    assert.equal((await host.exec('sh', ['-c', 'exit 3'])).code, 3);
    assert.equal((await host.exec('sh', ['-c', 'kill -9 $$'])).code, 137);
    await assert.rejects(host.run('sh', ['-c', 'echo no >&2; exit 3']), {
      code: 'command-failed',
      message: /exit status 3: no/,
    });
    await assert.rejects(host.exec('sleep', ['10'], { timeoutMs: 50 }), { code: 'command-timeout' });
  });

  test('programs are followed, killed and restarted', async () => {
    const program = await host.spawn('bash', ['-c', 'echo begun; echo oops >&2; exec sleep 1000'], {
      name: 'begin',
    });
    assert.equal(await program.waitForLine((line) => line === 'begun'), 'begun');
    await program.waitForLine((line) => line === 'oops');
    const { pid } = program;
    assert.ok(program.running);
    await program.kill9();
    assert.deepEqual([program.running, program.exitCode], [false, 137]);
    await program.restart();
    assert.notEqual(program.pid, pid);
    await program.waitForLine((line) => line === 'oops');
    assert.deepEqual([...program.logs].sort(), ['begun', 'begun', 'oops', 'oops']);
    await program.stop();
    assert.equal(program.exitCode, 143);
    await program.stop();
  });

  test('namespaces that a program makes inside are seen outside', async () => {
    const name = `weft-${lab.name}-inner`;
    await host.run('ip', ['netns', 'add', name]);
    assert.equal((await host.exec('nsenter', [`--net=/run/netns/${name}`, 'true'])).code, 0);
    const { execute } = await import('./command.ts');
    assert.equal((await execute('nsenter', [`--net=/run/netns/${name}`, 'true'])).code, 0);
  });
});
