import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseFlow } from '../text/flow-parse.ts';
import { SimulationError } from './errors.ts';
import { packet } from './packet.ts';
import { finalFields, portsOf, simulate, tcp, tcpAnswer } from './simulate.test-support.ts';
import { formatTrace } from './trace-text.ts';

function hasCode(code: string): (error: unknown) => boolean {
  return (error) => error instanceof SimulationError && error.code === code;
}

describe('lookup', () => {
  it('takes the flow of highest priority, and drops what none matches', () => {
    const simulator = simulate([
      'priority=1 actions=1',
      'priority=5,tcp actions=2',
      'priority=3,ip actions=3',
    ]);
    assert.deepEqual(portsOf(simulator.inject(tcp(), { inPort: 9 })), [2]);
    const udp = packet.udp({ src: '10.0.0.1', dst: '10.0.0.2', sourcePort: 1, destinationPort: 2 });
    assert.deepEqual(portsOf(simulator.inject(udp, { inPort: 9 })), [3]);
    const empty = simulate([]).inject(tcp(), { inPort: 1 });
    assert.equal(empty.dropped, true);
    assert.match(formatTrace(empty.trace), /0\. no flow matches: drop/);
  });

  it('refuses to guess between flows of equal priority that both match', () => {
    const flows = ['priority=5,tcp actions=1', 'priority=5,ip,nw_dst=10.0.0.2 actions=2'];
    assert.throws(() => simulate(flows).inject(tcp(), { inPort: 1 }), hasCode('SIMULATION_AMBIGUOUS'));
    assert.deepEqual(portsOf(simulate(flows).inject(tcp({ dst: '10.0.0.3' }), { inPort: 3 })), [1]);
  });

  it('matches some bits of fields, and fields that share bits', () => {
    const simulator = simulate([
      'actions=set_field:0x1122334455667788->xreg0,set_field:0x99->xxreg1,resubmit(,1)',
      'table=1,reg0=0x11223344,reg1=0x5500/0xff00,reg7=0x99,xreg3=0x99 actions=1',
      'table=1,priority=0 actions=drop',
    ]);
    assert.equal(simulator.inject(tcp(), { inPort: 2 }).dropped, true);
    simulator.apply(parseFlow('table=1,reg0=0x11223344,reg1=0x7700/0xff00,reg7=0x99,xreg3=0x99 actions=1'));
    assert.deepEqual(portsOf(simulator.inject(tcp(), { inPort: 2 })), [1]);
  });
});

describe('conjunctive matches', () => {
  const flows = [
    'priority=10,ip,nw_src=10.0.0.1 actions=conjunction(7,1/2)',
    'priority=10,ip,nw_src=10.0.0.0/31 actions=conjunction(7,1/2)',
    'priority=10,tcp,tp_dst=80 actions=conjunction(7,2/2)',
    'priority=10,conj_id=7,ip actions=2',
    'priority=0 actions=3',
  ];

  it('need a flow in each dimension', () => {
    const simulator = simulate(flows);
    assert.deepEqual(portsOf(simulator.inject(tcp(), { inPort: 1 })), [2]);
    assert.deepEqual(portsOf(simulator.inject(tcp({ src: '10.0.0.9' }), { inPort: 1 })), [3]);
    assert.deepEqual(portsOf(simulator.inject(tcp({ destinationPort: 81 }), { inPort: 1 })), [3]);
  });

  it('give way to plain flows of the same and of higher priority', () => {
    for (const priority of [10, 11]) {
      const simulator = simulate([...flows, `priority=${priority},tcp,tp_src=1000 actions=4`]);
      assert.deepEqual(portsOf(simulator.inject(tcp(), { inPort: 1 })), [4]);
    }
    const lower = simulate([...flows, 'priority=9,tcp,tp_src=1000 actions=4']);
    assert.deepEqual(portsOf(lower.inject(tcp(), { inPort: 1 })), [2]);
  });

  it('fall back to flows of lower priority with the same match', () => {
    const simulator = simulate([...flows, 'priority=5,tcp,tp_dst=80 actions=4']);
    assert.deepEqual(portsOf(simulator.inject(tcp({ src: '10.0.0.9' }), { inPort: 1 })), [4]);
  });

  it('are not filled by one flow for two dimensions', () => {
    const both = ['priority=10,tcp actions=conjunction(7,1/2),conjunction(7,2/2)', ...flows.slice(3)];
    assert.deepEqual(portsOf(simulate(both).inject(tcp(), { inPort: 1 })), [3]);
  });

  it('must agree on the number of dimensions', () => {
    const odd = [...flows, 'priority=10,ip,nw_dst=10.0.0.2 actions=conjunction(7,2/3)'];
    assert.throws(() => simulate(odd).inject(tcp(), { inPort: 1 }), hasCode('SIMULATION_AMBIGUOUS'));
  });
});

describe('the way through the tables', () => {
  it('comes back from resubmit, but not from goto_table', () => {
    const simulator = simulate([
      'actions=resubmit(,5),2,goto_table:1',
      'table=5 actions=set_field:7->reg0,1',
      'table=1 actions=output:reg0[0..15],resubmit(,9)',
    ]);
    assert.deepEqual(portsOf(simulator.inject(tcp(), { inPort: 9 })), [1, 2, 7]);
  });

  it('ends 64 deep and after 4096 resubmits, without any output', () => {
    const deep = simulate(['actions=1,resubmit(,0)']).inject(tcp(), { inPort: 9 });
    assert.equal(deep.dropped, true);
    assert.match(formatTrace(deep.trace), /nested 64 deep: the packet is dropped/);
    const twice = (table: number) => `table=${table} actions=resubmit(,${table + 1}),resubmit(,${table + 1})`;
    const wide = Array.from({ length: 13 }, (_, table) => twice(table));
    const many = simulate(['table=13 actions=1', ...wide]).inject(tcp(), { inPort: 9 });
    assert.match(formatTrace(many.trace), /4096 resubmits: the packet is dropped/);
  });

  it('does not say what becomes of a packet that causes more actions than the datapath may take', () => {
    const controllers = (count: number) => Array.from({ length: count }, () => 'controller').join();
    const several = simulate([`actions=${controllers(400)}`]).inject(tcp(), { inPort: 9 });
    assert.equal(several.toControllers.length, 400);
    const tooMany = [`actions=${controllers(410)}`];
    assert.throws(() => simulate(tooMany).inject(tcp(), { inPort: 9 }), hasCode('SIMULATION_UNSUPPORTED'));
    // Ways that a packet does not go are prepared, too.
    const notTaken = `actions=check_pkt_larger(9000)->reg0[0],resubmit(,1)`;
    const long = [notTaken, `table=1,reg0=1 actions=${controllers(410)}`, 'table=1,reg0=0 actions=1'];
    assert.throws(() => simulate(long).inject(tcp(), { inPort: 9 }), hasCode('SIMULATION_UNSUPPORTED'));
    const copies = [`ip actions=clone(ct(commit),${controllers(410)}),1`];
    assert.throws(() => simulate(copies).inject(tcp(), { inPort: 9 }), hasCode('SIMULATION_UNSUPPORTED'));
  });

  it('looks up as if from another port, but outputs as before', () => {
    const simulator = simulate(['actions=resubmit(7,1)', 'table=1,in_port=7 actions=1,7,IN_PORT']);
    assert.deepEqual(portsOf(simulator.inject(tcp(), { inPort: 1 })), [7, 1]);
  });

  it('ends everywhere at exit, the action set included', () => {
    const simulator = simulate([
      'actions=write_actions(output:4),goto_table:1',
      'table=1 actions=1,resubmit(,2),3',
      'table=2 actions=2,exit,5',
    ]);
    assert.deepEqual(portsOf(simulator.inject(tcp(), { inPort: 9 })), [1, 2]);
  });

  it('carries out the action set in its own order, and only with an output', () => {
    const simulator = simulate([
      'ip actions=write_actions(output:2,set_field:02:00:00:00:00:07->eth_dst),goto_table:1',
      'table=1,ip actions=write_actions(output:3,push_vlan:0x8100)',
    ]);
    const { outputs } = simulator.inject(tcp(), { inPort: 9 });
    assert.deepEqual(
      outputs.map(({ port }) => port),
      [3],
    );
    assert.equal(outputs[0]?.packet.fields.get('eth_dst'), 0x020000000007n);
    assert.equal(outputs[0]?.packet.fields.get('vlan_vid'), 0x1000);
    const without = simulate(['actions=write_actions(set_field:1->reg0)']);
    assert.equal(without.inject(tcp(), { inPort: 9 }).dropped, true);
    const cleared = simulate([
      'actions=write_actions(output:2),goto_table:1',
      'table=1 actions=clear_actions',
    ]);
    assert.equal(cleared.inject(tcp(), { inPort: 9 }).dropped, true);
  });

  it('undoes what clone did to registers and stack', () => {
    const simulator = simulate([
      'actions=set_field:1->reg0,push:reg0[],clone(set_field:2->reg0,pop:reg1[],output:reg0[0..15]),pop:reg2[],output:reg0[0..15]',
    ]);
    const result = simulator.inject(tcp(), { inPort: 9 });
    assert.deepEqual(portsOf(result), [2, 1]);
    assert.match(finalFields(result), /reg0=0x1,reg2=0x1,/);
  });

  it('names tables and flows in the trace', () => {
    const simulator = simulate(['cookie=0x5,priority=7,ip actions=goto_table:4']);
    const { trace } = simulator.inject(tcp(), { inPort: 1 });
    const tableNames = new Map([
      [0, 'CLASSIFY'],
      [4, 'ROUTE'],
    ]);
    assert.match(
      formatTrace(trace, { tableNames }),
      /CLASSIFY\. ip, priority 7, cookie 0x5\n.*\n.*ROUTE\. no flow matches/,
    );
  });
});

describe('flow-mods', () => {
  it('replace, modify and delete', () => {
    const simulator = simulate(['cookie=1,priority=5,ip actions=1', 'cookie=2,priority=5,arp actions=1']);
    simulator.inject(tcp(), { inPort: 9 });
    simulator.apply(parseFlow('cookie=3,priority=5,ip actions=2'));
    assert.equal(simulator.packetCount(3n), 1);
    assert.deepEqual(portsOf(simulator.inject(tcp(), { inPort: 9 })), [2]);
    simulator.apply(parseFlow('ip actions=3', 'modify'));
    assert.deepEqual(portsOf(simulator.inject(tcp(), { inPort: 9 })), [3]);
    simulator.apply(parseFlow('cookie=2/-1', 'delete'));
    assert.equal(simulator.flows.length, 1);
    simulator.apply(parseFlow('priority=4,ip', 'delete-strict'));
    assert.equal(simulator.flows.length, 1);
    simulator.apply(parseFlow('out_port=3', 'delete'));
    assert.equal(simulator.flows.length, 0);
  });

  it('expire', () => {
    const simulator = simulate(['idle_timeout=10,ip actions=1', 'hard_timeout=25,arp actions=1']);
    simulator.advance(9);
    simulator.inject(tcp(), { inPort: 9 });
    simulator.advance(9);
    assert.equal(simulator.flows.length, 2);
    simulator.advance(1);
    assert.equal(simulator.flows.length, 1);
    simulator.advance(6);
    assert.equal(simulator.flows.length, 0);
  });

  it('take learned flows along when they go', () => {
    const learn =
      'learn(table=1,cookie=0x77,delete_learned,NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],output:NXM_OF_IN_PORT[])';
    const simulator = simulate([`ip actions=${learn},resubmit(,1)`]);
    assert.equal(simulator.inject(tcp(), { inPort: 4 }).dropped, true);
    assert.deepEqual(
      portsOf(
        simulator.inject(tcpAnswer({ ethDst: '02:00:00:00:00:01', ethSrc: '02:00:00:00:00:02' }), {
          inPort: 5,
        }),
      ),
      [4],
    );
    assert.equal(simulator.flows.length, 3);
    simulator.apply(parseFlow('ip', 'delete'));
    assert.equal(simulator.flows.length, 0);
  });
});
