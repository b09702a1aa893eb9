import { kindNames, kinds, type ResourceOf } from '@weft/controller/resources';
import type { StoredState } from './stored-state.ts';

/** Two rounds of housekeeping, and time to work: how long an identity's number may rest after the last host confirmed. */
const restMs = 25_000;

/** What is in the store without a reason to be. */
export function* storeProblems(state: StoredState, now: number): Generator<string> {
  yield* danglingReferences(state);
  yield* claimProblems(state);
  yield* numberProblems(state, now);
  yield* slotProblems(state);
  for (const match of state.all('rule-match')) {
    if (state.topology.countReferrers(match, 'uses-match', 'security-group-rule') === 0) {
      yield `rule match ${match.id} has no rule`;
    }
  }
}

function* danglingReferences(state: StoredState): Generator<string> {
  for (const { kind, id, spec, status } of state.resources) {
    for (const reference of kinds[kind].references(spec as never, status as never)) {
      if (!state.topology.get(reference.kind, reference.id)) {
        yield `${kind} ${id} refers to ${reference.kind} ${reference.id}, which is gone`;
      }
    }
  }
}

/** An address is claimed exactly as long as somebody has it. */
function* claimProblems(state: StoredState): Generator<string> {
  const owners = new Map<string, string>();
  for (const { id, spec } of state.all('network-interface')) {
    owners.set(`${spec.subnetId}/${spec.privateAddress}`, id);
    owners.set(`${spec.vpcId}/${spec.macAddress}`, id);
  }
  for (const { id, spec } of state.all('elastic-ip')) {
    owners.set(`${spec.externalNetworkId}/${spec.address}`, id);
  }
  for (const { id, spec } of state.all('address-claim')) {
    if (spec.hostIds) {
      yield `address ${id} is held, though hosts ${spec.hostIds.join(', ')} have confirmed`;
      continue;
    }
    if (owners.get(id) !== spec.ownerId) yield `address claim ${id} of ${spec.ownerId} is leaked`;
    owners.delete(id);
  }
  for (const [claim, owner] of owners) yield `${owner} has no claim ${claim}`;
}

/** A number belongs to one resource; it rests only until all hosts have confirmed that it is gone. */
function* numberProblems(state: StoredState, now: number): Generator<string> {
  const used = new Set<string>();
  for (const kind of kindNames) {
    if (!kinds[kind].numbered) continue;
    for (const { number } of state.all(kind)) {
      if (used.has(`${kind}/${number}`)) yield `number ${number} belongs to two of ${kind}`;
      used.add(`${kind}/${number}`);
    }
  }
  for (const retired of state.all('retired-number')) {
    if (used.has(retired.id)) yield `number ${retired.id} is retired and in use`;
    if (!mayRest(retired, now)) yield `number ${retired.id} rests since ${retired.createdAt} without reason`;
  }
}

/** Sets of groups are removed by housekeeping itself, a minute after their last use, so that theirs may rest now. */
function mayRest({ spec, createdAt }: ResourceOf<'retired-number'>, now: number): boolean {
  return spec.kind === 'identity' && now - Date.parse(createdAt) < restMs;
}

function* slotProblems(state: StoredState): Generator<string> {
  const taken = new Set<string>();
  for (const { id, spec } of state.all('binding')) {
    for (const what of [`zone slot ${spec.zoneSlot}`, `port ${spec.ofport}`]) {
      const key = `${spec.hostId} ${what}`;
      if (taken.has(key)) yield `binding ${id}: ${key} has another binding, too`;
      taken.add(key);
    }
  }
}
