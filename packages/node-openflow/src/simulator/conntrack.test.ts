import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { packet } from './packet.ts';
import { portsOf, simulate, statesOf, tcp, tcpAnswer } from './simulate.test-support.ts';

const client = 0x0a000001;
const server = 0x0a000002;
const publicAddress = 0x01020304;

const firewall = [
  'priority=1,ip,in_port=1 actions=ct(table=1,zone=5)',
  'priority=1,ip,in_port=2 actions=ct(table=2,zone=5)',
  'table=1,ip,ct_state=+new+trk actions=ct(commit,zone=5,exec(set_field:7->ct_mark,set_field:0x5/0xff->ct_label)),2',
  'table=1,ip,ct_state=+est+trk actions=2',
  'table=2,ip,ct_state=+est+trk,ct_mark=7,ct_label=5 actions=1',
  'table=2,ip,ct_state=+rel+trk actions=1',
  'table=2,priority=0 actions=drop',
];

describe('the connection tracker', () => {
  it('lets answers in, and nothing else', () => {
    const simulator = simulate(firewall);
    assert.equal(simulator.inject(tcpAnswer(), { inPort: 2 }).dropped, true);
    assert.deepEqual(statesOf(simulator.inject(tcp(), { inPort: 1 })), ['new|trk']);
    const answer = simulator.inject(tcpAnswer(), { inPort: 2 });
    assert.deepEqual(statesOf(answer), ['est|rpl|trk']);
    assert.deepEqual(portsOf(answer), [1]);
    assert.deepEqual(statesOf(simulator.inject(tcp({ flags: 'ack' }), { inPort: 1 })), ['est|trk']);
    assert.equal(simulator.inject(tcpAnswer({ destinationPort: 1001 }), { inPort: 2 }).dropped, true);
  });

  it('calls packets new until the other side has answered', () => {
    const udp = { src: '10.0.0.1', dst: '10.0.0.2', sourcePort: 1, destinationPort: 2 };
    const back = { src: '10.0.0.2', dst: '10.0.0.1', sourcePort: 2, destinationPort: 1 };
    const simulator = simulate(firewall);
    const states = [
      simulator.inject(packet.udp(udp), { inPort: 1 }),
      simulator.inject(packet.udp(udp), { inPort: 1 }),
      simulator.inject(packet.udp(back), { inPort: 2 }),
      simulator.inject(packet.udp(udp), { inPort: 1 }),
    ];
    assert.deepEqual(states.flatMap(statesOf), ['new|trk', 'new|trk', 'est|rpl|trk', 'est|trk']);
  });

  it('knows what is invalid', () => {
    const simulator = simulate(firewall);
    const state = (sent: Parameters<typeof simulator.inject>[0]) =>
      statesOf(simulator.inject(sent, { inPort: 1 }));
    assert.deepEqual(state(tcp({ flags: 'syn|ack' })), ['inv|trk']);
    assert.deepEqual(state(tcp({ flags: 'syn|fin' })), ['inv|trk']);
    assert.deepEqual(state(tcp({ flags: 'ack' })), ['new|trk']);
    const ends = { src: '10.0.0.1', dst: '10.0.0.2' };
    assert.deepEqual(state(packet.udp({ ...ends, sourcePort: 0, destinationPort: 53 })), ['inv|trk']);
    assert.deepEqual(state(packet.udp({ ...ends, sourcePort: 53, destinationPort: 0 })), ['inv|trk']);
    assert.deepEqual(state(packet.udp({ ...ends, sourcePort: 53, destinationPort: 53 })), ['new|trk']);
    assert.deepEqual(state(packet.ping({ src: '10.0.0.1', dst: '10.0.0.2', reply: true })), ['inv|trk']);
    assert.deepEqual(state(packet.ping({ src: '10.0.0.1', dst: '10.0.0.2' })), ['new|trk']);
  });

  it('shows what it tracks', () => {
    const simulator = simulate(firewall, { now: 100 });
    simulator.inject(tcp(), { inPort: 1 });
    assert.deepEqual(simulator.conntrack, [
      {
        zone: 5,
        ethertype: 0x0800,
        protocol: 6,
        original: { source: client, destination: server, sourcePort: 1000, destinationPort: 80 },
        reply: { source: server, destination: client, sourcePort: 80, destinationPort: 1000 },
        mark: 7,
        label: 5n,
        replied: false,
        tcp: ['syn-sent', 'closed'],
        expires: 130,
      },
    ]);
    simulator.advance(30);
    assert.deepEqual(simulator.conntrack, []);
  });

  it('keeps registers and metadata, and shows the original direction', () => {
    const simulator = simulate([
      'in_port=1,ip actions=set_field:9->reg4,set_field:0x55->metadata,ct(commit,table=1)',
      'in_port=2,ip actions=ct(table=1)',
      'table=1,reg4=9,metadata=0x55 actions=2',
      'table=1,priority=40000,ip,ct_state=+rpl+trk,ct_nw_src=10.0.0.1,ct_nw_dst=10.0.0.2,ct_nw_proto=6,ct_tp_src=1000,ct_tp_dst=80 actions=resubmit(,2,ct)',
      'table=2,ip,nw_src=10.0.0.1,tcp,tp_dst=80 actions=3',
    ]);
    assert.deepEqual(portsOf(simulator.inject(tcp(), { inPort: 1 })), [2]);
    assert.deepEqual(portsOf(simulator.inject(tcpAnswer(), { inPort: 2 })), [3]);
  });

  it('forgets its findings behind ct and ct_clear', () => {
    const simulator = simulate([
      'ip actions=ct(table=1),resubmit(,3)',
      'table=1,ip,ct_state=+trk actions=ct_clear,resubmit(,3)',
      'table=3,ct_state=0 actions=1',
      'table=3,priority=1 actions=2',
    ]);
    assert.deepEqual(portsOf(simulator.inject(tcp(), { inPort: 9 })), [1, 1]);
  });

  it('turns a connection round when forced', () => {
    const simulator = simulate(['in_port=1,ip actions=ct(commit)', 'in_port=2,ip actions=ct(commit,force)']);
    simulator.inject(packet.udp({ src: '10.0.0.1', dst: '10.0.0.2', sourcePort: 1, destinationPort: 2 }), {
      inPort: 1,
    });
    const back = packet.udp({ src: '10.0.0.2', dst: '10.0.0.1', sourcePort: 2, destinationPort: 1 });
    simulator.inject(back, { inPort: 2 });
    assert.deepEqual(
      simulator.conntrack.map(({ original }) => original.source),
      [server],
    );
  });
});

const gateway = [
  'in_port=1,ip actions=ct(commit,zone=3,nat(src=1.2.3.4:5000-5001)),2',
  'in_port=2,ip actions=ct(zone=3,nat,table=1)',
  'table=1,ip,ct_state=+dnat+trk,nw_dst=10.0.0.0/24 actions=1',
  'table=1,priority=0 actions=drop',
];

describe('address translation', () => {
  it('translates there and back, with the first free port', () => {
    const simulator = simulate(gateway);
    const ports = [1000, 1001, 1002].map((sourcePort) => {
      const [output] = simulator.inject(tcp({ sourcePort }), { inPort: 1 }).outputs;
      return [output?.packet.fields.get('ipv4_src'), output?.packet.fields.get('tcp_src')];
    });
    // The third one finds no port: it is neither committed nor translated.
    assert.deepEqual(ports, [
      [publicAddress, 5000],
      [publicAddress, 5001],
      [client, 1002],
    ]);
    const [back] = simulator.inject(tcpAnswer({ dst: '1.2.3.4', destinationPort: 5001 }), {
      inPort: 2,
    }).outputs;
    assert.deepEqual(
      [back?.packet.fields.get('ipv4_dst'), back?.packet.fields.get('tcp_dst')],
      [client, 1001],
    );
    assert.equal(
      simulator.inject(tcpAnswer({ dst: '1.2.3.4', destinationPort: 5009 }), { inPort: 2 }).dropped,
      true,
    );
  });

  it('translates the destination', () => {
    const simulator = simulate([
      'in_port=2,ip actions=ct(commit,table=1,nat(dst=10.0.0.2:8080))',
      'table=1,ip,nw_dst=10.0.0.2 actions=1',
      'in_port=1,ip actions=ct(nat,table=2)',
      'table=2,ip,ct_state=+snat+rpl+trk actions=2',
    ]);
    const request = tcp({ src: '10.0.0.9', dst: '1.2.3.4' });
    const [there] = simulator.inject(request, { inPort: 2 }).outputs;
    assert.deepEqual(
      [there?.packet.fields.get('ipv4_dst'), there?.packet.fields.get('tcp_dst')],
      [server, 8080],
    );
    const answer = tcpAnswer({ src: '10.0.0.2', dst: '10.0.0.9', sourcePort: 8080 });
    const [back] = simulator.inject(answer, { inPort: 1 }).outputs;
    assert.deepEqual(
      [back?.packet.fields.get('ipv4_src'), back?.packet.fields.get('tcp_src')],
      [publicAddress, 80],
    );
  });

  it('translates what ICMP errors quote, IPv6 too', () => {
    const simulator = simulate([
      'in_port=1,ipv6 actions=ct(commit,nat(src=fd00::99)),2',
      'in_port=2,ipv6 actions=ct(nat,table=1)',
      'table=1,ipv6,ct_state=+rel+rpl+trk actions=1',
    ]);
    const ends = { src: 'fd00::1', dst: 'fd00::2', sourcePort: 7, destinationPort: 8 };
    const [sent] = simulator.inject(packet.udp(ends), { inPort: 1 }).outputs;
    assert.ok(sent);
    const error = packet.icmpError({ src: 'fd00::5', dst: 'fd00::99', inner: sent.packet });
    const [back] = simulator.inject(error, { inPort: 2 }).outputs;
    const original = packet.udp(ends).fields.get('ipv6_src');
    assert.equal(back?.packet.fields.get('ipv6_dst'), original);
    assert.equal(back?.packet.inner?.fields.get('ipv6_src'), original);
    const other = packet.icmpError({ src: 'fd00::5', dst: 'fd00::98', inner: sent.packet });
    assert.equal(simulator.inject(other, { inPort: 2 }).dropped, true);
  });

  it('is seen by the tables only after the packet came back', () => {
    const simulator = simulate([
      'ip actions=ct(commit,nat(src=1.2.3.4)),resubmit(,1)',
      'table=1,ip,nw_src=10.0.0.1 actions=1',
      'table=1,ip,nw_src=1.2.3.4 actions=2',
    ]);
    const { outputs } = simulator.inject(tcp(), { inPort: 9 });
    assert.deepEqual(
      outputs.map(({ port, packet: sent }) => [port, sent.fields.get('ipv4_src')]),
      [[1, publicAddress]],
    );
  });
});
