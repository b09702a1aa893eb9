import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { GroupBucket, GroupMod } from '../messages/group-meter-types.ts';
import { SimulationError } from './errors.ts';
import { packet } from './packet.ts';
import { portsOf, simulate, tcp } from './simulate.test-support.ts';

const ports = [1, 2, 3, 4].map((number) => ({ number, noFlood: number === 4 }));

function group(groupType: GroupMod['groupType'], buckets: readonly GroupBucket[]): GroupMod {
  return { type: 'group-mod', command: 'add', group: 1, groupType, buckets };
}

function to(port: number): GroupBucket['actions'] {
  return [{ type: 'output', port }];
}

function withGroup(message: GroupMod, options: Parameters<typeof simulate>[1] = {}) {
  const simulator = simulate([], options);
  simulator.apply(message);
  const flow = { type: 'flow-mod', command: 'add', table: 0, match: [] } as const;
  simulator.apply({
    ...flow,
    instructions: [{ type: 'apply-actions', actions: [{ type: 'group', group: 1 }, ...to(9)] }],
  });
  return simulator;
}

describe('output', () => {
  it('goes to the input port only when asked for it by name', () => {
    assert.deepEqual(portsOf(simulate(['actions=1,IN_PORT,2']).inject(tcp(), { inPort: 1 })), [1, 2]);
    const turned = simulate(['actions=load:0->in_port,1']);
    assert.deepEqual(portsOf(turned.inject(tcp(), { inPort: 1 })), [1]);
  });

  it('floods to all ports but the input port', () => {
    assert.deepEqual(portsOf(simulate(['actions=flood'], { ports }).inject(tcp(), { inPort: 1 })), [2, 3]);
    assert.deepEqual(portsOf(simulate(['actions=all'], { ports }).inject(tcp(), { inPort: 1 })), [2, 3, 4]);
    assert.throws(() => simulate(['actions=all']).inject(tcp(), { inPort: 1 }), SimulationError);
    assert.throws(() => simulate(['actions=normal']).inject(tcp(), { inPort: 1 }), SimulationError);
  });

  it('goes nowhere by a port that does not exist', () => {
    assert.equal(simulate(['actions=7'], { ports }).inject(tcp(), { inPort: 1 }).dropped, true);
  });

  it('carries tunnel fields by tunnel ports', () => {
    const simulator = simulate([], { ports: [{ number: 1 }, { number: 2, tunnel: true }] });
    const option = { optionClass: 0x0177, optionType: 1, optionLength: 4, index: 0 };
    simulator.apply({ type: 'tlv-table-mod', command: 'add', mappings: [option] });
    const actions = [
      { type: 'set-field', field: 'tunnel_id', value: 7n },
      { type: 'set-field', field: 'tun_ipv4_dst', value: 0xc0a80001 },
      { type: 'load', value: 5, destination: { field: 'tun_metadata0', offset: 0, bits: 32 } },
      { type: 'output', port: 2 },
      { type: 'delete-field', field: 'tun_metadata0' },
      { type: 'output', port: 2 },
      { type: 'output', port: 1 },
    ] as const;
    const flow = {
      type: 'flow-mod',
      command: 'add',
      table: 0,
      match: [{ field: 'in_port', value: 4 }],
    } as const;
    simulator.apply({ ...flow, instructions: [{ type: 'apply-actions', actions }] });
    const { outputs } = simulator.inject(tcp(), { inPort: 4 });
    const header = { tunnel_id: 7n, tun_ipv4_dst: 0xc0a80001 };
    assert.deepEqual(
      outputs.map(({ tunnel }) => tunnel && Object.fromEntries(tunnel)),
      [{ ...header, tun_metadata0: 5n }, header, undefined],
    );
  });

  it('goes by no tunnel without a destination', () => {
    const tunnels = { ports: [{ number: 2, tunnel: true }] };
    assert.equal(simulate(['actions=2'], tunnels).inject(tcp(), { inPort: 1 }).dropped, true);
  });
});

describe('packets to controllers', () => {
  it('carry id, userdata, registers and the packet as it is then', () => {
    const simulator = simulate([
      'cookie=0x9,priority=1,ip actions=set_field:5->reg3,set_field:02:00:00:00:00:09->eth_dst,controller(id=4,userdata=01.02),set_field:02:00:00:00:00:0a->eth_dst,1',
    ]);
    const { toControllers, outputs } = simulator.inject(tcp(), { inPort: 3 });
    const [sent] = toControllers;
    assert.equal(sent?.id, 4);
    assert.equal(sent?.reason, 'action');
    assert.equal(sent?.cookie, 9n);
    assert.deepEqual(sent?.userdata, Uint8Array.of(1, 2));
    assert.equal(sent?.packet.fields.get('eth_dst'), 0x020000000009n);
    assert.deepEqual(sent?.metadata, [
      { field: 'in_port', value: 3 },
      { field: 'reg3', value: 5 },
    ]);
    assert.equal(outputs[0]?.packet.fields.get('eth_dst'), 0x02000000000an);
  });

  it('say why', () => {
    const reasons = (flow: string, sent = tcp()) =>
      simulate([flow])
        .inject(sent, { inPort: 3 })
        .toControllers.map(({ reason, id }) => [reason, id]);
    assert.deepEqual(reasons('priority=0 actions=controller'), [['no-match', 0]]);
    assert.deepEqual(reasons('priority=1 actions=controller'), [['action', 0]]);
    assert.deepEqual(reasons('actions=write_actions(controller)'), [['action-set', 0]]);
    assert.deepEqual(reasons('ip actions=dec_ttl(1,2),3', tcp({ ttl: 1 })), [
      ['invalid-ttl', 1],
      ['invalid-ttl', 2],
    ]);
    assert.deepEqual(reasons('ip actions=dec_ttl(1,2)', tcp({ ttl: 2 })), []);
  });

  it('go on where they were paused', () => {
    const simulator = simulate([
      'actions=set_field:7->reg0,resubmit(,1),4',
      'table=1 actions=controller(pause,userdata=05),output:reg0[0..15]',
    ]);
    const held = simulator.inject(tcp(), { inPort: 1 });
    assert.deepEqual(portsOf(held), []);
    const [sent] = held.toControllers;
    assert.ok(sent?.continuation);
    const changed = packet.with(sent.packet, { eth_dst: 0x02000000000bn });
    const { outputs } = simulator.resume(sent.continuation, changed);
    assert.deepEqual(
      outputs.map(({ port, packet: { fields } }) => [port, fields.get('eth_dst')]),
      [
        [7, 0x02000000000bn],
        [4, 0x02000000000bn],
      ],
    );
  });
});

describe('groups', () => {
  it('of type all: every bucket gets the packet as it came', () => {
    const change = { type: 'set-field', field: 'eth_dst', value: 9n } as const;
    const simulator = withGroup(group('all', [{ actions: [change, ...to(1)] }, { actions: to(2) }]));
    const { outputs } = simulator.inject(tcp(), { inPort: 5 });
    assert.deepEqual(
      outputs.map(({ port, packet: { fields } }) => [port, fields.get('eth_dst')]),
      [
        [1, 9n],
        [2, 0x020000000002n],
        [9, 0x020000000002n],
      ],
    );
  });

  it('of type select: one bucket, the same for both directions', () => {
    const simulator = withGroup(
      group(
        'select',
        [1, 2, 3, 4].map((port) => ({ weight: 1, actions: to(port) })),
      ),
    );
    const chosen = new Set<number | undefined>();
    for (let sourcePort = 1; sourcePort <= 40; sourcePort++) {
      const [there, after] = portsOf(simulator.inject(tcp({ sourcePort }), { inPort: 5 }));
      const back = { src: '10.0.0.2', dst: '10.0.0.1', sourcePort: 80, destinationPort: sourcePort };
      const mirrored = packet.tcp({ ...back, ethSrc: '02:00:00:00:00:02', ethDst: '02:00:00:00:00:01' });
      assert.deepEqual(portsOf(simulator.inject(mirrored, { inPort: 5 })), [there, 9]);
      assert.equal(after, 9);
      chosen.add(there);
    }
    assert.equal(chosen.size, 4);
  });

  it('of type fast-failover: the first bucket whose port is live', () => {
    const buckets = [1, 2].map((port) => ({ watchPort: port, actions: to(port) }));
    const simulator = withGroup(group('fast-failover', buckets), { ports: [...ports, { number: 9 }] });
    assert.deepEqual(portsOf(simulator.inject(tcp(), { inPort: 3 })), [1, 9]);
    simulator.setPorts([{ number: 1, live: false }, { number: 2 }, { number: 9 }]);
    assert.deepEqual(portsOf(simulator.inject(tcp(), { inPort: 3 })), [2, 9]);
    simulator.setPorts([{ number: 9 }]);
    assert.deepEqual(portsOf(simulator.inject(tcp(), { inPort: 3 })), [9]);
  });

  it('take the flows along that send to them when they are deleted', () => {
    const simulator = withGroup(group('all', []));
    simulator.apply({ ...group('all', []), command: 'delete' });
    assert.equal(simulator.flows.length, 0);
  });
});

describe('meters', () => {
  it('drop what is over the burst until time has passed', () => {
    const simulator = simulate([]);
    simulator.apply({
      type: 'meter-mod',
      command: 'add',
      meter: 1,
      flags: ['packets'],
      bands: [{ type: 'drop', rate: 2 }],
    });
    const actions = [
      { type: 'meter', meter: 1 },
      { type: 'output', port: 1 },
    ] as const;
    const flow = { type: 'flow-mod', command: 'add', table: 0, match: [] } as const;
    simulator.apply({ ...flow, instructions: [{ type: 'apply-actions', actions }] });
    const passed = () => [1, 2, 3].map(() => portsOf(simulator.inject(tcp(), { inPort: 5 })).length);
    assert.deepEqual(passed(), [1, 1, 0]);
    assert.deepEqual(simulator.meter(1), { packets: 3, dropped: [1] });
    simulator.advance(1);
    assert.deepEqual(passed(), [1, 1, 0]);
  });
});

describe('check_pkt_larger', () => {
  it('compares with the length of the frame', () => {
    const simulator = simulate([
      'actions=check_pkt_larger(100)->reg0[0],resubmit(,1)',
      'table=1,reg0=1/1 actions=1',
      'table=1,reg0=0/1 actions=2',
    ]);
    assert.deepEqual(portsOf(simulator.inject(tcp({ length: 100 }), { inPort: 5 })), [2]);
    assert.deepEqual(portsOf(simulator.inject(tcp({ length: 101 }), { inPort: 5 })), [1]);
  });
});

describe('what the simulator cannot tell', () => {
  it('is an error', () => {
    const unsupported = (flows: readonly string[]) =>
      assert.throws(() => simulate(flows).inject(tcp(), { inPort: 5 }), /SIMULATION_UNSUPPORTED/);
    unsupported(['ip actions=write_actions(output:1),goto_table:1', 'table=1,ip actions=ct(table=2)']);
    unsupported(['ip actions=ct(commit,nat)']);
    assert.throws(
      () => simulate([]).inject(packet.with(tcp(), { udp_src: 1 }), { inPort: 5 }),
      /SIMULATION_BAD_PACKET/,
    );
  });
});
