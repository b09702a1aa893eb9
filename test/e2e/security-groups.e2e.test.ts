import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { EC2 } from '@aws-sdk/client-ec2';
import type { ApiError } from '@weft/api/contract';
import type { ResourceOf } from '@weft/controller/resources';
import { Cloud, type CloudVm, eventually } from './support/cloud.ts';
import { sendFrames, udpFrame } from './support/frames.ts';

describe('security groups', () => {
  let cloud: Cloud;
  let vpc: ResourceOf<'vpc'>;
  let subnet: ResourceOf<'subnet'>;
  let clients: ResourceOf<'security-group'>;
  let servers: ResourceOf<'security-group'>;
  let server: CloudVm;
  let local: CloudVm;
  let remote: CloudVm;
  let stranger: CloudVm;
  const resources = new AsyncDisposableStack();

  before(async () => {
    cloud = await Cloud.start();
    vpc = await cloud.vpc();
    subnet = await cloud.subnet(vpc.id, '10.0.0.0/24');
    clients = await cloud.group(vpc.id, 'clients');
    servers = await cloud.group(vpc.id, 'servers', [`tcp:80 from ${clients.id}`]);
    server = await cloud.vm(cloud.host(0), subnet, { groups: [servers] });
    local = await cloud.vm(cloud.host(0), subnet, { groups: [clients] });
    remote = await cloud.vm(cloud.host(1), subnet, { groups: [clients] });
    stranger = await cloud.vm(cloud.host(1), subnet);
    for (const port of [80, 81, 443])
      resources.adopt(await server.tcpListen(port), (listener) => listener.close());
    resources.adopt(await stranger.tcpListen(9000), (listener) => listener.close());
  });
  after(async () => {
    await resources.disposeAsync();
    await cloud[Symbol.asyncDispose]();
  });

  const reaches = async (from: CloudVm, port: number) =>
    (await from.tcpConnect(server.address, port, { timeoutMs: 1000 })).connected;

  it('a group as source allows its members on one host and across hosts, on the allowed port only', async () => {
    for (const client of [local, remote]) {
      assert.equal(await reaches(client, 80), true);
      assert.equal(await reaches(client, 81), false);
      assert.equal((await client.ping(server.address, { count: 1 })).received, 0);
    }
    assert.equal(await reaches(stranger, 80), false);
  });

  it('a network as source and a range of ports', async () => {
    assert.equal(await reaches(stranger, 81), false);
    const rule = await cloud.rule(servers.id, `tcp:81-90 from ${stranger.address}/32`);
    assert.equal(await reaches(stranger, 81), true);
    assert.equal(await reaches(stranger, 80), false);
    assert.equal(await reaches(remote, 81), false);
    await cloud.applied(cloud.client.remove('security-group-rule', rule.id, { waitSeconds: 10 }));
    assert.equal(await reaches(stranger, 81), false);
  });

  it('ICMP by type: echo is allowed, and its replies come back', async () => {
    const rule = await cloud.applied(
      cloud.client.create(
        'security-group-rule',
        {
          spec: {
            groupId: servers.id,
            direction: 'ingress',
            protocol: 'icmp',
            icmpType: 8,
            icmpCode: 0,
            cidrIpv4: '0.0.0.0/0',
          },
        },
        { waitSeconds: 10 },
      ),
    );
    assert.equal((await stranger.ping(server.address)).received, 3);
    await cloud.applied(cloud.client.remove('security-group-rule', rule.id, { waitSeconds: 10 }));
    assert.equal((await stranger.ping(server.address, { count: 1 })).received, 0);
  });

  it('ICMP errors of a connection come back to who opened it, and to nobody else', async () => {
    const rule = await cloud.rule(servers.id, 'udp:6000 from 0.0.0.0/0');
    const refused = await stranger.udpExchange(server.address, 6000, { timeoutMs: 1000 });
    assert.equal(
      refused.error,
      'refused',
      'nobody listens: the receiver says so, although no rule allows ICMP',
    );
    const silent = await stranger.udpExchange(server.address, 6001, { timeoutMs: 1000 });
    assert.equal(silent.error, 'timeout', 'what is not allowed gets no answer at all');
    await cloud.applied(cloud.client.remove('security-group-rule', rule.id, { waitSeconds: 10 }));
  });

  it('a removed rule stops the connections it allowed, in both directions, and no others', async () => {
    const rule = await cloud.rule(servers.id, `tcp:443 from ${clients.id}`);
    await using connections = new AsyncDisposableStack();
    const open = async (from: CloudVm, to: string, port: number) =>
      connections.adopt(await from.tcpOpen(to, port), (connection) => connection.close());
    const doomed = [await open(local, server.address, 443), await open(remote, server.address, 443)];
    const unrelated = await open(remote, server.address, 80);
    const openedByServer = await open(server, stranger.address, 9000).catch(() => undefined);
    for (const connection of [...doomed, unrelated])
      assert.ok((await connection.exchange('before')).connected);

    await cloud.applied(cloud.client.remove('security-group-rule', rule.id, { waitSeconds: 10 }));

    for (const connection of doomed) assert.equal((await connection.exchange('after')).connected, false);
    assert.ok((await unrelated.exchange('after')).connected);
    assert.equal(openedByServer, undefined, 'the stranger allows nobody in');
  });

  it('live streams stop with their rule or their group, each way by itself, and go on when it is back', async () => {
    const [tcpRule, udpRule] = [`tcp:443 from ${clients.id}`, `udp:5001 from ${clients.id}`];
    let rules = [await cloud.rule(servers.id, tcpRule), await cloud.rule(servers.id, udpRule)];
    await using open = new AsyncDisposableStack();
    open.adopt(await server.udpListen(5001), (listener) => listener.close());
    const seen = await remote.spawn('tcpdump', ['-n', '-l', '-A', '--immediate-mode', '-i', 'eth0', 'udp']);
    open.defer(() => seen.stop());
    await seen.waitForLine((line) => line.startsWith('listening on'));
    const limits = { timeoutMs: 600 };
    const openUdp = async () =>
      open.adopt(await remote.udpOpen(server.address, 5001, limits), (one) => one.close());
    // What the server sends without being asked goes to a socket of its own, where nobody takes it for an answer.
    assert.ok((await (await openUdp()).exchange('hello')).connected);
    const line = await seen.waitForLine((text) => text.includes(`${server.address}.5001 > `));
    const [, port = ''] = /\.5001 > [\d.]+\.(\d+):/.exec(line) ?? [];
    const udp = await openUdp();
    const tcp = open.adopt(await remote.tcpOpen(server.address, 443, limits), (one) => one.close());
    const goesOn = async (message: string) =>
      (await Promise.all([tcp, udp].map((stream) => stream.exchange(message)))).map(
        ({ connected }) => connected,
      );
    /** TCP sends again what was lost, after a time that grows while nothing gets through. */
    const bothGoOn = (message: string) =>
      eventually(`both streams go on: ${message}`, async () => (await goesOn(message)).every(Boolean));
    assert.deepEqual(await goesOn('one'), [true, true]);
    /** A datagram that the server sends without being asked. */
    const push = (payload: string) =>
      sendFrames(server, [
        udpFrame({
          ethernetSource: server.networkInterface.spec.macAddress,
          ethernetDestination: remote.networkInterface.spec.macAddress,
          source: server.address,
          destination: remote.address,
          sourcePort: 5001,
          destinationPort: Number(port),
          payload,
        }),
      ]);
    const arrives = (payload: string) => seen.waitForLine((text) => text.includes(payload));
    const arrived = (payload: string) => seen.logs.some((text) => text.includes(payload));
    await Promise.all([push('push-before'), arrives('push-before')]);

    for (const { id } of rules) {
      await cloud.applied(cloud.client.remove('security-group-rule', id, { waitSeconds: 10 }));
    }
    await push('push-without-rule');
    assert.deepEqual(await goesOn('two'), [false, false]);
    rules = [await cloud.rule(servers.id, tcpRule), await cloud.rule(servers.id, udpRule)];
    await Promise.all([push('push-with-rule'), arrives('push-with-rule')]);
    await bothGoOn('three');
    assert.equal(arrived('push-without-rule'), false);

    const join = (securityGroupIds: string[]) =>
      cloud.applied(
        cloud.client.update(
          'network-interface',
          remote.networkInterface.id,
          { spec: { securityGroupIds } },
          { waitSeconds: 10 },
        ),
      );
    await join([vpc.spec.defaultSecurityGroupId]);
    assert.deepEqual(await goesOn('four'), [false, false], 'the client is no member any more');
    await join([clients.id]);
    await bothGoOn('five');
    await Promise.all([push('push-again'), arrives('push-again')]);
    for (const { id } of rules) await cloud.client.remove('security-group-rule', id);
  });

  it('replies to what a VM opened itself need no rule', async () => {
    const guests = await cloud.group(vpc.id, 'guests', ['tcp:9000 from 10.0.0.0/24']);
    await cloud.applied(
      cloud.client.update(
        'network-interface',
        stranger.networkInterface.id,
        { spec: { securityGroupIds: [guests.id] } },
        { waitSeconds: 10 },
      ),
    );
    const connection = await server.tcpOpen(stranger.address, 9000);
    assert.ok((await connection.exchange('one')).connected);
    // Removing an ingress rule of the server touches nothing of what it opened.
    const rule = await cloud.rule(servers.id, 'tcp:8080 from 0.0.0.0/0');
    await cloud.applied(cloud.client.remove('security-group-rule', rule.id, { waitSeconds: 10 }));
    assert.ok((await connection.exchange('two')).connected);
    await connection.close();
  });

  it('membership takes effect at once, in both directions', async () => {
    const update = (ids: string[]) =>
      cloud.applied(
        cloud.client.update(
          'network-interface',
          stranger.networkInterface.id,
          { spec: { securityGroupIds: ids } },
          { waitSeconds: 10 },
        ),
      );
    assert.equal(await reaches(stranger, 80), false);
    await update([clients.id]);
    assert.equal(await reaches(stranger, 80), true);
    await update([vpc.spec.defaultSecurityGroupId]);
    assert.equal(await reaches(stranger, 80), false);
  });

  it('a move to a set of groups never seen before loses no packet of an allowed connection', async () => {
    const server80 = await server.udpListen(5000);
    await cloud.rule(servers.id, `udp:5000 from ${clients.id}`);
    const connection = await remote.udpOpen(server.address, 5000, { timeoutMs: 1000 });
    let stop = false;
    let sent = 0;
    let lost = 0;
    const traffic = (async () => {
      while (!stop) {
        sent++;
        if (!(await connection.exchange(`packet ${sent}`)).connected) lost++;
      }
    })();
    for (let round = 0; round < 5; round++) {
      const extra = await cloud.group(vpc.id, `extra-${round}`);
      await cloud.applied(
        cloud.client.update(
          'network-interface',
          remote.networkInterface.id,
          { spec: { securityGroupIds: [clients.id, extra.id] } },
          { waitSeconds: 10 },
        ),
      );
    }
    stop = true;
    await traffic;
    assert.ok(sent > 50, `only ${sent} packets were sent`);
    assert.equal(lost, 0, `${lost} of ${sent} lost`);
    await connection.close();
    await server80.close();
  });

  it('what a rule would cost is known before it is written, and bounded by a quota of the account', async () => {
    const { client } = cloud;
    const account = await client.create('account', { spec: { id: vpc.account, name: 'limited' } });
    const limit = (flows: number) =>
      client.update('account', account.id, { spec: { quotas: { 'flows-per-vpc': flows } } });
    const ec2 = new EC2({
      endpoint: cloud.controller.apiUrl,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    // 1 to 65534 are 30 ranges of powers of two.
    const [fromPort, toPort] = [1, 65534];
    const wide = `tcp:${fromPort}-${toPort} from ${local.address}/32`;
    const permission = { FromPort: fromPort, ToPort: toPort, IpRanges: [{ CidrIp: `${local.address}/32` }] };
    // Without what only time and packets change.
    const flowsOfServer = async () =>
      (await cloud.host(0).dumpFlows()).map(({ text }) =>
        text.replace(/.*?(?=table=)|\w+_age=\d+, |n_\w+=\d+, /g, ''),
      );
    const { flows } = await client.vpcFlows(vpc.id);
    await limit(flows + 10);
    const before = await flowsOfServer();
    await assert.rejects(cloud.rule(servers.id, wide), (error: ApiError) => {
      assert.equal(error.code, 'quota-exceeded');
      assert.match(error.message, new RegExp(`${vpc.id} would cost each of its hosts 3\\d flows more`));
      assert.match(error.fix ?? '', /raise the quota flows-per-vpc/);
      return true;
    });
    await assert.rejects(
      ec2.authorizeSecurityGroupIngress({
        GroupId: servers.id,
        IpPermissions: [{ IpProtocol: 'tcp', ...permission }],
      }),
      { name: 'RulesPerSecurityGroupLimitExceeded', message: /would cost each of its hosts 3\d flows more/ },
    );
    assert.deepEqual(new Set(await flowsOfServer()), new Set(before), 'nothing was written');
    assert.deepEqual([await reaches(local, 80), await reaches(local, 443)], [true, false], 'as before');
    await limit(flows + 40);
    const rule = await cloud.rule(servers.id, wide);
    assert.deepEqual([await reaches(local, 80), await reaches(local, 443)], [true, true]);
    assert.equal(await reaches(remote, 443), false);
    await cloud.applied(client.remove('security-group-rule', rule.id, { waitSeconds: 10 }));
    await client.update('account', account.id, { spec: { quotas: {} } });
    ec2.destroy();
  });

  it('egress rules name networks and groups', async () => {
    const quiet = await cloud.group(vpc.id, 'quiet');
    const [everything] = (await cloud.client.listAll('security-group-rule', { 'spec.groupId': quiet.id }))
      .items;
    const muted = await cloud.vm(cloud.host(1), subnet, { groups: [quiet, clients] });
    const [fromClients] = (await cloud.client.listAll('security-group-rule', { 'spec.groupId': clients.id }))
      .items;
    assert.equal(await reaches(muted, 80), true);
    for (const rule of [everything, fromClients]) {
      await cloud.applied(
        cloud.client.remove('security-group-rule', rule?.id as string, { waitSeconds: 10 }),
      );
    }
    assert.equal(await reaches(muted, 80), false);
    const toServers = await cloud.rule(quiet.id, `tcp:80 to ${servers.id}`);
    assert.equal(await reaches(muted, 80), true);
    await cloud.applied(cloud.client.remove('security-group-rule', toServers.id, { waitSeconds: 10 }));
    assert.equal(await reaches(muted, 80), false);
    await cloud.rule(quiet.id, `tcp:80 to ${server.address}/32`);
    assert.equal(await reaches(muted, 80), true);
    assert.equal(await reaches(muted, 81), false);
  });
});
