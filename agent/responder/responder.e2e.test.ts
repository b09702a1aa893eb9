import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createLab, type Host, type Lab, type Vm } from '@weft/labs/hosts';
import { pino } from 'pino';
import { eventually } from '../testing/eventually.ts';
import { ResponderConnection } from './connection.ts';
import { Responder } from './responder.ts';

const gateway = '10.0.0.1';
const lease = [
  '0a000005', // address
  '0a000001', // server identifier
  '025700fffffe', // server MAC
  '0104ffffff00', // mask
  '03040a000001', // router
  '1a0205a2', // MTU 1442
  '330400000e10', // lease, renewal and rebinding time
  '3a0400000708',
  '3b0400000c4e',
].join('');

/** `controller` action as the pipeline writes it. */
const toAgent = (opcode: string, payload = '') =>
  `controller(reason=action,max_len=65535,id=22342,userdata=${(opcode + payload).replace(/..(?!$)/g, '$&.')})`;

/** Everything here happens without a controller. */
describe('responder on real Open vSwitch', () => {
  let lab: Lab;
  let host: Host;
  let vm: Vm;
  let responder: Responder;
  let connection: ResponderConnection;

  before(async () => {
    lab = await createLab({ hosts: 1, externalNetwork: { cidr: '203.0.113.0/24' } });
    [host] = lab.hosts as [Host];
    const settings = ['datapath_type=netdev', 'fail_mode=secure', 'protocols=OpenFlow15'];
    await host.vsctl('add-br', 'br-int', '--', 'set', 'Bridge', 'br-int', ...settings);
    vm = await host.addVmPort({ interfaceId: 'eni-0000000000000000a', mac: '02:57:00:00:00:0a' });
    const logger = pino({ enabled: false });
    connection = new ResponderConnection({
      path: `${host.runDirectory}/br-int.mgmt`,
      logger,
      onPacket: (message) => responder.handle(message),
      onLost: () => responder.resolver.clear(),
    });
    responder = new Responder((message) => connection.send(message), logger);
    connection.start();
    await connection.connected;
    await addDhcpFlow();
  });
  after(async () => {
    await connection.close();
    await lab.close();
  });

  const addDhcpFlow = () =>
    host.ofctl('add-flow', 'br-int', `priority=9,udp,udp_src=68,udp_dst=67,actions=${toAgent('01', lease)}`);

  it('gives udhcpc a lease', async () => {
    const got = await vm.dhcp();
    assert.equal(got.ip, '10.0.0.5');
    assert.equal(got.mask, '24');
    assert.equal(got.router, gateway);
    assert.equal(got.mtu, '1442');
    assert.equal(got.lease, '3600');
    assert.equal(got.serverid, gateway);
    await vm.flushAddresses();
  });

  it('gives dhclient a lease, and it ends it', async () => {
    const script = `${host.directory}/dhclient-script`;
    await host.run('sh', ['-c', `printf '#!/bin/sh\n' > ${script}; chmod +x ${script}`]);
    const files = [
      '-lf',
      `${host.directory}/leases`,
      '-pf',
      `${host.directory}/dhclient.pid`,
      '-cf',
      '/dev/null',
    ];
    const args = ['-4', '-v', ...files, '-sf', script, 'eth0'];
    const { stderr } = await vm.exec('dhclient', ['-1', ...args]);
    assert.match(stderr, /DHCPOFFER of 10\.0\.0\.5 from 10\.0\.0\.1/);
    assert.match(stderr, /DHCPACK of 10\.0\.0\.5 from 10\.0\.0\.1/);
    assert.match(stderr, /bound to 10\.0\.0\.5/);
    await vm.exec('dhclient', ['-x', ...args]);
  });

  it('refuses a client that wants another address', async () => {
    const silent = responder.counters.dhcpAnswers;
    const args = ['-i', 'eth0', '-f', '-n', '-q', '-t', '2', '-T', '1', '-r', '10.0.0.99', '-s', '/bin/true'];
    const { stderr } = await vm.exec('udhcpc', args);
    assert.match(stderr, /lease of 10\.0\.0\.5 obtained/);
    assert.ok(responder.counters.dhcpAnswers > silent);
  });

  it('answers again after a restart of ovs-vswitchd', async () => {
    await host.restartVswitchd();
    await eventually('flow back', async () => {
      await addDhcpFlow();
      return (await host.dumpFlows()).length > 0;
    });
    await eventually(
      'lease',
      async () => (await vm.dhcp().catch(() => undefined))?.ip === '10.0.0.5',
      15_000,
    );
  });

  it('counts what it cannot answer and goes on', async () => {
    await vm.flushAddresses();
    await vm.addAddress('10.0.0.5/24');
    await host.ofctl('add-flow', 'br-int', `priority=8,arp,actions=${toAgent('01', lease)}`);
    await host.ofctl('add-flow', 'br-int', `priority=8,icmp,actions=${toAgent('63')}`);
    await vm.ping(gateway, { count: 1, timeout: 1 });
    await vm.run('ip', ['neighbour', 'replace', gateway, 'lladdr', '02:57:00:ff:ff:fe', 'dev', 'eth0']);
    await vm.ping(gateway, { count: 1, timeout: 1 });
    await eventually('counted', () => responder.counters.malformed > 0);
    await eventually('unknown', () => responder.counters.unknownOpcodes > 0);
    await host.ofctl('del-flows', 'br-int', 'arp');
    await host.ofctl('del-flows', 'br-int', 'icmp');
    assert.equal((await vm.dhcp()).ip, '10.0.0.5');
  });

  it('finds the MAC of a next hop and loses no packet', async () => {
    const outsider = await lab.addOutsider({ address: '203.0.113.200/24' });
    await host.vsctl(
      ...['add-port', 'br-int', 'p-in', '--', 'set', 'Interface', 'p-in', 'type=patch', 'options:peer=p-out'],
      ...[
        '--',
        'add-port',
        'br-ex',
        'p-out',
        '--',
        'set',
        'Interface',
        'p-out',
        'type=patch',
        'options:peer=p-in',
      ],
    );
    const outside = await host.vsctl('get', 'Interface', 'p-in', 'ofport').then(Number);
    const inside = await vm.ofport();
    await vm.flushAddresses();
    await vm.addAddress('203.0.113.100/24');
    await vm.run('ip', ['neighbour', 'add', '203.0.113.200', 'lladdr', '02:00:00:00:00:99', 'dev', 'eth0']);
    const learn = [
      'table=5,priority=100,hard_timeout=300,NXM_NX_REG15[]=NXM_OF_ARP_SPA[]',
      'load:NXM_NX_ARP_SHA[]->NXM_OF_ETH_DST[],output:NXM_NX_REG6[]',
    ].join();
    const outputPort = `load:${outside}->NXM_NX_REG6[]`;
    const flows = [
      `priority=7,in_port=${inside},ip,actions=move:NXM_OF_IP_DST[]->NXM_NX_REG15[],${outputPort},resubmit(,5)`,
      `table=5,priority=10,ip,actions=${toAgent('02', '05')}`,
      `priority=7,in_port=${outside},arp,arp_op=2,actions=${outputPort},learn(${learn}),${toAgent('03')}`,
      `priority=6,in_port=${outside},actions=output:${inside}`,
    ];
    for (const flow of flows) await host.ofctl('add-flow', 'br-int', flow);
    const first = await vm.ping('203.0.113.200', { count: 3 });
    assert.equal(first.received, 3, first.output);
    assert.equal(responder.resolver.counters.released, 1);
    await vm.run('ip', ['neighbour', 'add', '203.0.113.222', 'lladdr', '02:00:00:00:00:99', 'dev', 'eth0']);
    const lost = await vm.ping('203.0.113.222', { count: 1, timeout: 4 });
    assert.equal(lost.received, 0);
    await eventually('given up', () => responder.resolver.counters.droppedUnanswered === 1);
    await outsider.close();
  });
});
