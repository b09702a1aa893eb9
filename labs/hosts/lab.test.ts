import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createLab, type Lab, type LabOptions } from './index.ts';
import { randomLabName } from './names.ts';
import { ownDevices, tracesOf, twoHosts } from './test-support.ts';

describe('a lab of two hosts', () => {
  const devicesBefore = ownDevices();
  const told: string[] = [];
  let lab: Lab;
  before(async () => {
    lab = await createLab({
      hosts: 2,
      externalNetwork: { cidr: '203.0.113.0/24' },
      log: (message) => told.push(message),
    });
  });
  after(async () => {
    await lab.close();
  });

  test('says what it does', () => {
    assert.ok(told.some((line) => line.includes('starting 2 hosts')));
    assert.ok(told.some((line) => line.includes('host h2 is up, tunnel address 198.18.0.2')));
  });

  test('carries packets between the tunnel addresses, both ways', async () => {
    const [first, second] = twoHosts(lab);
    assert.equal((await first.ping(second.tunnelAddress)).received, 3);
    assert.equal((await second.ping(first.tunnelAddress)).received, 3);
  });

  test('does not answer for an address that nobody has', async () => {
    const [first] = twoHosts(lab);
    const result = await first.ping('198.18.0.99', { count: 1, timeout: 0.3 });
    assert.deepEqual([result.sent, result.received], [1, 0]);
  });

  test('has no way out of its namespaces and no device outside of them', async () => {
    const [first] = twoHosts(lab);
    const routes = await first.run('ip', ['route']);
    assert.doesNotMatch(routes, /default/);
    assert.deepEqual(ownDevices(), devicesBefore);
  });

  test('loses its underlay when the cable is pulled, and has it again afterwards', async () => {
    const [first, second] = twoHosts(lab);
    await second.setUnderlay('down');
    assert.equal((await first.ping(second.tunnelAddress, { count: 1, timeout: 0.3 })).received, 0);
    await second.setUnderlay('up');
    assert.ok((await first.ping(second.tunnelAddress, { count: 5 })).received > 0);
  });

  test('joins br-ex of all hosts and the outsiders into one segment', async () => {
    const [first, second] = twoHosts(lab);
    const outsider = await lab.addOutsider({ address: '203.0.113.200/24' });
    for (const [host, address] of [
      [first, '203.0.113.11'],
      [second, '203.0.113.12'],
    ] as const) {
      assert.equal(host.externalBridge, 'br-ex');
      await host.run('ip', ['address', 'add', `${address}/24`, 'dev', 'br-ex']);
      await host.run('ip', ['link', 'set', 'br-ex', 'up']);
      assert.equal((await outsider.ping(address)).received, 3);
    }
    const server = await outsider.tcpListen(8080);
    const answer = await first.tcpConnect('203.0.113.200', 8080, { message: 'who is there' });
    assert.deepEqual(answer, {
      connected: true,
      answer: `${outsider.namespace} who is there`,
      error: undefined,
    });
    await server.close();
    assert.equal((await first.tcpConnect('203.0.113.200', 8080)).error, 'refused');
    await outsider.close();
    assert.equal((await first.ping('203.0.113.200', { count: 1, timeout: 0.3 })).received, 0);
  });

  test('takes another host later and lets it go alone', async () => {
    const [first] = twoHosts(lab);
    const added = await lab.addHost({ name: 'late', zone: 'zone-b', external: false });
    assert.deepEqual(
      [added.tunnelAddress, added.zone, added.externalBridge],
      ['198.18.0.3', 'zone-b', undefined],
    );
    assert.equal(lab.host('late'), added);
    assert.equal((await first.ping(added.tunnelAddress)).received, 3);
    await added.close();
    assert.throws(() => lab.host('late'), { code: 'unknown-host', message: /it has h1, h2/ });
    assert.equal(tracesOf(lab.name).filter((trace) => trace.includes('late')).length, 0);
    assert.equal((await first.ping('198.18.0.2')).received, 3);
  });

  test('refuses a second host of the same name and keeps the first', async () => {
    await assert.rejects(lab.addHost({ name: 'h1' }), { code: 'name-taken' });
    assert.deepEqual((await lab.host('h1').vsctl('list-br')).trim().split('\n'), ['br-ex', 'br-phy']);
  });
});

test('labs at the same time use the same addresses and do not meet', async () => {
  const labs = await Promise.all([createLab({ hosts: 2 }), createLab({ hosts: 1 })]);
  const [large, small] = labs;
  try {
    const [host] = small.hosts;
    assert.equal(host?.tunnelAddress, '198.18.0.1');
    assert.equal((await host.ping('198.18.0.2', { count: 1, timeout: 0.3 })).received, 0);
    assert.equal((await twoHosts(large)[0].ping('198.18.0.2')).received, 3);
    await small.close();
    assert.deepEqual(tracesOf(small.name), []);
    assert.equal((await twoHosts(large)[0].ping('198.18.0.2')).received, 3);
  } finally {
    await Promise.all(labs.map((lab) => lab.close()));
  }
});

test('a closed lab leaves nothing, refuses more work, and may be closed again', async () => {
  const lab = await createLab({ hosts: 1, externalNetwork: { cidr: '203.0.113.0/24' } });
  const [host] = lab.hosts;
  assert.notDeepEqual(tracesOf(lab.name), []);
  const program = await host?.spawn('sleep', ['1000']);
  await lab.addOutsider({ address: '203.0.113.9/24' });
  await lab.close();
  await lab.close();
  assert.deepEqual(tracesOf(lab.name), []);
  assert.equal(program?.running, false);
  await assert.rejects(lab.addHost({ name: 'h9' }), { code: 'lab-closed' });
  await assert.rejects(lab.relay(1234), { code: 'lab-closed' });
});

test('a lab whose start fails leaves nothing', async () => {
  const name = randomLabName();
  const hosts = [{ name: 'good' }, { name: 'bad', tunnelAddress: 'nonsense' }];
  await assert.rejects(createLab({ name, hosts }), {
    code: 'command-failed',
    message: /nonsense/,
  });
  assert.deepEqual(tracesOf(name), []);
});

test('refuses options that cannot work, before it makes anything', async () => {
  for (const name of ['', 'a', 'UPPER', 'with-dash', 'thirteenchars', '../etc']) {
    await assert.rejects(createLab({ name, hosts: 1 }), { code: 'invalid-option', message: /lab name/ });
  }
  const refused = randomLabName();
  const attempt = (options: Omit<LabOptions, 'name'>): Promise<Lab> =>
    createLab({ name: refused, ...options });
  for (const name of ['', 'fabric', 'vm-1', 'out-1', 'Host', 'thirteenchars', '-a', 'a/b']) {
    await assert.rejects(attempt({ hosts: [{ name }] }), { code: 'invalid-option', message: /host name/ });
  }
  for (const hosts of [-1, 1.5, 1_001]) {
    await assert.rejects(attempt({ hosts }), { code: 'invalid-option', message: /hosts/ });
  }
  await assert.rejects(attempt({ hosts: [{ name: 'h1' }, { name: 'h1' }] }), {
    code: 'name-taken',
    message: /h1/,
  });
  for (const cidr of ['203.0.113.0', '203.0.113.0/33', 'x/24', '203.0.113.0/24/1']) {
    await assert.rejects(attempt({ hosts: 0, externalNetwork: { cidr } }), {
      code: 'invalid-option',
      message: /cidr/,
    });
  }
  assert.deepEqual(tracesOf(refused), []);
});

test('refuses a name that a living lab has, and leaves that lab alone', async () => {
  const name = randomLabName();
  const lab = await createLab({ name, hosts: 1 });
  try {
    await assert.rejects(createLab({ name, hosts: 1 }), {
      code: 'name-taken',
      message: new RegExp(`process ${process.pid}`),
    });
    assert.equal((await lab.host('h1').vsctl('list-br')).trim(), 'br-phy');
    await assert.rejects(lab.addOutsider({ address: '203.0.113.9/24' }), { code: 'invalid-option' });
  } finally {
    await lab.close();
  }
});
