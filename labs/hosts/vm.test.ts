import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createLab, type Lab, type Vm } from './index.ts';
import { joinByTunnel, tracesOf, twoHosts } from './test-support.ts';

describe('machines on the bridges of two hosts', () => {
  let lab: Lab;
  let near: Vm;
  let far: Vm;
  before(async () => {
    lab = await createLab({ hosts: 2 });
    const [first, second] = twoHosts(lab);
    await joinByTunnel(first, second);
    near = await first.addVmPort({ interfaceId: 'eni-0000000000000000a', mac: '02:00:00:00:00:0a' });
    far = await second.addVmPort({
      interfaceId: 'eni-0000000000000000b',
      mac: '02:00:00:00:00:0b',
      name: 'far',
    });
    await near.addAddress('10.0.0.10/24');
    await far.addAddress('10.0.0.11/24');
  });
  after(async () => {
    await lab.close();
  });

  test('are bound by the ids on their ports', async () => {
    const [first] = twoHosts(lab);
    assert.deepEqual([near.name, near.port, near.namespace], ['vm1', 'p-vm1', `weft-${lab.name}-vm-vm1`]);
    const identifiers = await first.vsctl('get', 'Interface', near.port, 'external_ids');
    assert.match(identifiers, /attached-mac="02:00:00:00:00:0a", iface-id=eni-0000000000000000a/);
    assert.ok((await near.ofport()) > 0);
    assert.deepEqual(first.vms, [near]);
  });

  test('ping each other through the tunnel, and nobody else', async () => {
    const result = await near.ping('10.0.0.11');
    assert.deepEqual([result.sent, result.received], [3, 3]);
    assert.ok(result.averageMs !== undefined && result.averageMs < 1_000);
    assert.equal((await near.ping('10.0.0.12', { count: 1, timeout: 0.3 })).received, 0);
    assert.deepEqual(await near.ping('192.0.2.1').then(({ sent, received }) => [sent, received]), [0, 0]);
    await assert.rejects(near.ping('no.such.name.invalid'), { code: 'unexpected-output' });
  });

  test('send nothing larger than what fits into the underlay', async () => {
    const largest = 1_442 - 28;
    assert.equal((await near.ping('10.0.0.11', { count: 1, size: largest, df: true })).received, 1);
    assert.equal((await near.ping('10.0.0.11', { count: 1, size: largest + 1, df: true })).received, 0);
  });

  test('exchange data over TCP and UDP', async () => {
    const servers = [await far.tcpListen(80), await far.udpListen(53)];
    const expected = { connected: true, answer: `${far.namespace} hello`, error: undefined };
    assert.deepEqual(await near.tcpConnect('10.0.0.11', 80), expected);
    assert.deepEqual(await near.udpExchange('10.0.0.11', 53), expected);
    assert.deepEqual(await near.tcpConnect('10.0.0.11', 81), {
      connected: false,
      answer: '',
      error: 'refused',
    });
    assert.equal((await near.udpExchange('10.0.0.11', 54)).error, 'refused');
    assert.equal((await near.tcpConnect('10.0.0.12', 80, { timeoutMs: 200 })).error, 'timeout');
    await Promise.all(servers.map((server) => server.close()));
  });

  test('keep a connection open, and see when it is cut', async () => {
    const [first] = twoHosts(lab);
    const server = await far.tcpListen(80);
    const connection = await near.tcpOpen('10.0.0.11', 80, { timeoutMs: 500 });
    assert.equal((await connection.exchange('one')).answer, `${far.namespace} one`);
    assert.equal((await connection.exchange('two')).answer, `${far.namespace} two`);
    await first.ofctl('add-flow', 'br-int', 'table=0,priority=20,tcp,actions=drop');
    // The switch confirms a flow a little before its datapath follows.
    await first.appctl('revalidator/wait');
    assert.deepEqual(await connection.exchange('three'), { connected: false, answer: '', error: 'timeout' });
    await first.ofctl('del-flows', 'br-int', '--strict', 'table=0,priority=20,tcp');
    await connection.close();
    await server.close();
    await assert.rejects(near.tcpOpen('10.0.0.11', 80), { code: 'not-ready', message: /refused/ });
  });

  test('are seen in the flows and in a trace', async () => {
    const [first] = twoHosts(lab);
    const [flow, ...others] = await first.dumpFlows();
    assert.equal(others.length, 0);
    assert.ok(flow !== undefined && flow.packets > 0);
    const { cookie, table, priority, match, actions } = flow;
    assert.deepEqual(
      { cookie, table, priority, match, actions },
      {
        cookie: 0x77n,
        table: 0,
        priority: 10,
        match: '',
        actions: 'NORMAL',
      },
    );
    const trace = await first.trace(`in_port=${await near.ofport()},dl_src=${near.mac},dl_dst=${far.mac}`);
    assert.match(trace, /priority 10, cookie 0x77/);
  });

  test('refuse names that are taken or too long', async () => {
    const [first] = twoHosts(lab);
    const wanted = { interfaceId: 'eni-c', mac: '02:00:00:00:00:0c' };
    await assert.rejects(first.addVmPort({ ...wanted, name: 'far' }), { code: 'name-taken' });
    await assert.rejects(first.addVmPort({ ...wanted, name: 'thirteenchars' }), { code: 'invalid-option' });
  });

  test('leave nothing when they cannot be plugged in, or are closed', async () => {
    const [first] = twoHosts(lab);
    const wanted = { interfaceId: 'eni-c', mac: '02:00:00:00:00:0c', name: 'brief' };
    await assert.rejects(first.addVmPort({ ...wanted, bridge: 'br-none' }), {
      code: 'command-failed',
      message: /br-none/,
    });
    const brief = await first.addVmPort(wanted);
    await brief.close();
    assert.equal(tracesOf(lab.name).filter((trace) => trace.includes('brief')).length, 0);
    assert.doesNotMatch(await first.vsctl('list-ports', 'br-int'), /p-brief/);
    await (await first.addVmPort(wanted)).close();
  });

  test('configure themselves by DHCP, and touch nothing else', async () => {
    const [first, second] = twoHosts(lab);
    const resolver = readFileSync('/etc/resolv.conf', 'utf8');
    const client = await first.addVmPort({ interfaceId: 'eni-d', mac: '02:00:00:00:00:0d' });
    await assert.rejects(client.dhcp({ attempts: 1 }), { code: 'not-ready', message: /no DHCP lease/ });
    await serveDhcp(far, second.directory);
    const lease = await client.dhcp();
    const { ip, mask, mtu, serverid, lease: seconds } = lease;
    assert.deepEqual([ip, mask, mtu, serverid, seconds], ['10.0.0.50', '24', '1400', '10.0.0.11', '600']);
    assert.match(await client.run('ip', ['address', 'show', 'eth0']), /mtu 1400[\s\S]*inet 10\.0\.0\.50\/24/);
    const routes = await client.run('ip', ['route']);
    assert.match(routes, /^default via 10\.0\.0\.1 dev eth0/m);
    assert.match(routes, /^172\.16\.0\.0\/12 via 10\.0\.0\.11 dev eth0/m);
    assert.equal((await client.ping('10.0.0.11')).received, 3);
    assert.equal(readFileSync('/etc/resolv.conf', 'utf8'), resolver);
    const monitor = await client.spawn('ip', ['monitor', 'address'], { name: 'ip-monitor' });
    await client.dhcp();
    await client.addAddress('10.0.0.51/24');
    await client.dhcp();
    await monitor.waitForLine((line) => line.includes('Deleted') && line.includes('10.0.0.51/24'));
    assert.ok(
      !monitor.logs.some((line) => line.includes('Deleted') && line.includes('10.0.0.50/24')),
      'the address that stays was never away',
    );
    await monitor.stop();
    await client.flushAddresses();
    assert.equal(await client.run('ip', ['route']), '');
  });
});

/** A DHCP server with one address to give, in a machine. */
async function serveDhcp(machine: Vm, directory: string): Promise<void> {
  const configuration = join(directory, 'udhcpd.conf');
  const settings = [
    ...['start 10.0.0.50', 'end 10.0.0.50', 'interface eth0', 'max_leases 1'],
    ...[`lease_file ${directory}/udhcpd.leases`, `pidfile ${directory}/udhcpd.pid`],
    ...['option subnet 255.255.255.0', 'option router 10.0.0.254', 'option lease 600', 'option mtu 1400'],
    'option staticroutes 0.0.0.0/0 10.0.0.1, 172.16.0.0/12 10.0.0.11',
  ];
  await writeFile(configuration, `${settings.join('\n')}\n`);
  const server = await machine.spawn('busybox', ['udhcpd', '-f', configuration], { name: 'udhcpd' });
  await server.waitForLine((line) => line.includes('started'));
}
