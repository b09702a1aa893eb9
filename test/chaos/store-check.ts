import {
  containsIpv6Network,
  kindNames,
  kinds,
  parseIpv6Cidr,
  type ResourceOf,
} from '@weft/controller/resources';
import type { StoredState } from './stored-state.ts';

/** Two rounds of housekeeping, and time to work: how long an identity's number may rest after the last host confirmed. */
const restMs = 25_000;

/** What is in the store without a reason to be. */
export function* storeProblems(state: StoredState, now: number): Generator<string> {
  yield* danglingReferences(state);
  yield* claimProblems(state);
  yield* numberProblems(state, now);
  yield* slotProblems(state);
  yield* placementProblems(state);
  yield* lentProblems(state);
  yield* heldProblems(state);
  for (const match of state.all('rule-match')) {
    if (state.topology.countReferrers(match, 'uses-match', 'security-group-rule') === 0) {
      yield `rule match ${match.id} has no rule`;
    }
  }
}

function* danglingReferences(state: StoredState): Generator<string> {
  for (const { kind, id, spec, status } of state.resources) {
    for (const reference of kinds[kind].references(spec as never, status as never)) {
      if (!state.topology.get(reference.kind, reference.id) && !mayOutlive(reference, status)) {
        yield `${kind} ${id} refers to ${reference.kind} ${reference.id}, which is gone`;
      }
    }
  }
}

/**
 * What routes lead to leaves them behind (AWS: blackhole), a peering connection rules as well, and what those name across may
 * go, too (AWS: stale).
 */
function mayOutlive({ type, kind }: { type: string; kind: string }, status: object): boolean {
  if (type === 'route-target') return true;
  if (kind === 'vpc-peering-connection') return type === 'over-peering';
  const { vpcPeeringConnectionId } = status as { vpcPeeringConnectionId?: string };
  return type === 'peer-group' && vpcPeeringConnectionId !== undefined;
}

/** An address is claimed exactly as long as somebody has it. */
function* claimProblems(state: StoredState): Generator<string> {
  const owners = new Map<string, string>();
  for (const { id, spec } of state.all('network-interface')) {
    const { privateAddress, secondaryPrivateAddresses = [], ipv6Addresses = [] } = spec;
    const { ipv4Prefixes = [], ipv6Prefixes = [] } = spec;
    const addresses = [privateAddress, ...secondaryPrivateAddresses, ...ipv6Addresses];
    for (const address of [...addresses, ...ipv4Prefixes, ...ipv6Prefixes]) {
      owners.set(`${spec.subnetId}/${address}`, id);
    }
    owners.set(`${spec.vpcId}/${spec.macAddress}`, id);
  }
  for (const { id, spec } of state.all('nat-gateway')) {
    owners.set(`${spec.subnetId}/${spec.privateAddress}`, id);
  }
  for (const { id } of state.all('held-address')) owners.set(id, id);
  const networks = state.all('external-network');
  for (const { id, spec } of state.all('vpc')) {
    const network = networks.find((one) => isOf(spec.ipv6CidrBlock, one.spec.ipv6CidrBlock));
    if (network) owners.set(`${network.id}/${spec.ipv6CidrBlock}`, id);
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

/** True when an IPv6 block is part of another one. */
function isOf(inner: string | undefined, outer: string | undefined): boolean {
  if (inner === undefined || outer === undefined) return false;
  return containsIpv6Network(parseIpv6Cidr(outer, 'outer'), parseIpv6Cidr(inner, 'inner'));
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
  for (const { kind, id, spec } of [...state.all('binding'), ...state.all('placement')]) {
    const port = 'ofport' in spec ? [`port ${spec.ofport}`] : [];
    for (const what of [`zone slot ${spec.zoneSlot}`, ...port]) {
      const key = `${spec.hostId} ${what}`;
      if (taken.has(key)) yield `${kind} ${id}: ${key} has another one, too`;
      taken.add(key);
    }
  }
}

const reachesOutside = (state: StoredState, hostId: string) =>
  Object.keys(state.topology.get('host', hostId)?.spec.externalPorts ?? {}).length > 0;

/** Every NAT gateway runs somewhere, and so does every elastic IP whose machine is where its network is not. */
function* placementProblems(state: StoredState): Generator<string> {
  const wanted = new Set(state.all('nat-gateway').map(({ id }) => id));
  for (const { id, spec } of state.all('elastic-ip')) {
    const bindings = state
      .all('binding')
      .filter((one) => one.spec.networkInterfaceId === spec.networkInterfaceId);
    if (bindings.length > 0 && bindings.every((one) => !reachesOutside(state, one.spec.hostId)))
      wanted.add(id);
  }
  const found = new Set(state.all('placement').map(({ id }) => id));
  for (const id of wanted) if (!found.has(id)) yield `${id} has no placement`;
  for (const id of found) if (!wanted.has(id)) yield `placement of ${id} is leaked`;
}

/** A lent address is with the primary interface of an instance that runs and was started with one. */
function* lentProblems(state: StoredState): Generator<string> {
  for (const { id, spec } of state.all('elastic-ip')) {
    if (!spec.ephemeral) continue;
    const holder = state.topology.get('network-interface', spec.networkInterfaceId ?? '');
    const instance = state.topology.get('instance', holder?.spec.instanceId ?? '');
    if (!holder?.spec.associatePublicAddress) yield `lent address ${id} is with nobody who asked for it`;
    if (instance?.spec.desiredState === 'stopped') yield `lent address ${id} is with stopped ${instance.id}`;
  }
}

/** A shared address is with an interface that is somewhere, and still lists it. */
function* heldProblems(state: StoredState): Generator<string> {
  for (const { id, spec } of state.all('held-address')) {
    const holder = state.topology.get('network-interface', spec.networkInterfaceId);
    const listed = holder?.spec.allowedAddressPairs?.some(
      ({ cidrBlock }) => cidrBlock.split('/')[0] === spec.address,
    );
    if (!listed) yield `held address ${id} is not among the pairs of ${spec.networkInterfaceId}`;
    if (!state.all('binding').some((one) => one.spec.networkInterfaceId === spec.networkInterfaceId)) {
      yield `held address ${id} is with ${spec.networkInterfaceId}, which is nowhere`;
    }
  }
}
