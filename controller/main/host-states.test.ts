import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { World } from '../testing/world.ts';
import { HostStates } from './host-states.ts';

const nothing = () => undefined;
const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing };
const start = 1_000_000;

/** Hosts with the state that the store has, and what tells of them. */
async function scene(world: World, ...states: ('up' | 'down')[]) {
  const connected = new Set<string>();
  const heard = new Map<string, number>();
  for (const [index, state] of states.entries()) {
    const host = await world.host(index + 1);
    await world.run((draft) => draft.update(host, { status: { state } }));
  }
  const hostStates = new HostStates({
    view: world.topology,
    executor: world.executor,
    isConnected: (hostId) => connected.has(hostId),
    agentSeen: (hostId) => heard.get(hostId),
    logger: silent,
    intervalMs: 3_600_000,
  });
  hostStates.start(start);
  const stateOf = (index: number) => world.get('host', `host-${index}`).status.state;
  return { connected, heard, hostStates, stateOf };
}

describe('the state of a host', () => {
  it('is up when its switch is connected and its agent reports, and not with one of them', async () => {
    await using world = await World.create();
    const { connected, heard, hostStates, stateOf } = await scene(world, 'down', 'down', 'down');
    connected.add('host-1').add('host-2');
    heard.set('host-1', start).set('host-3', start);
    await hostStates.round(start + 100);
    assert.deepEqual([1, 2, 3].map(stateOf), ['up', 'down', 'down']);
    hostStates.stop();
  });

  it('is down 3 s after the switch went, and up again as soon as it is back', async () => {
    await using world = await World.create();
    const { connected, heard, hostStates, stateOf } = await scene(world, 'up');
    connected.add('host-1');
    heard.set('host-1', start);
    await hostStates.round(start + 100);
    connected.clear();
    await hostStates.round(start + 3_000);
    assert.equal(stateOf(1), 'up', 'a restart of Open vSwitch is no reason to move gateways');
    await hostStates.round(start + 3_100);
    assert.equal(stateOf(1), 'down');
    connected.add('host-1');
    await hostStates.round(start + 3_200);
    assert.equal(stateOf(1), 'up');
    hostStates.stop();
  });

  it('is down when the lease of the agent has ended', async () => {
    await using world = await World.create();
    const { connected, heard, hostStates, stateOf } = await scene(world, 'up');
    connected.add('host-1');
    heard.set('host-1', start);
    await hostStates.round(start + 14_999);
    assert.equal(stateOf(1), 'up');
    await hostStates.round(start + 15_000);
    assert.equal(stateOf(1), 'down');
    hostStates.stop();
  });

  it('stays as it was while hosts may still come back after a start of the controller', async () => {
    await using world = await World.create();
    const { hostStates, stateOf } = await scene(world, 'up');
    await hostStates.round(start + 14_999);
    assert.equal(stateOf(1), 'up');
    await hostStates.round(start + 15_000);
    assert.equal(stateOf(1), 'down');
    hostStates.stop();
  });

  it('is written when it changes, for all hosts in one commit, and at no other time', async () => {
    await using world = await World.create();
    const { connected, heard, hostStates } = await scene(world, 'down', 'down');
    for (const id of ['host-1', 'host-2']) {
      connected.add(id);
      heard.set(id, start);
    }
    const { revision } = world.store;
    await hostStates.round(start);
    await hostStates.round(start + 500);
    assert.equal(world.store.revision, revision + 1);
    hostStates.stop();
  });
});
