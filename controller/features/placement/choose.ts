import { ownerKind } from '../../resources/index.ts';
import type { TopologyView } from '../../topology/view.ts';

/** What a gateway asks of its host. */
export interface GatewayNeeds {
  readonly vpcId: string;
  /** Name of the external network that the host must have a port to; absent: any host will do. */
  readonly networkName?: string;
  /** Zone of its subnet: hosts there are preferred, as AWS keeps a NAT gateway in its zone. */
  readonly zone: string;
}

/** FNV-1a over 32 bits, with a last mix so that keys that differ in one digit are far apart. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}

/**
 * Rendezvous hashing (Thaler and Ravishankar, 1996): every gateway ranks all hosts in an order of its own and takes the
 * first. When a host goes, only its gateways move, and they spread over all that are left.
 */
export function rendezvous(key: string, hostIds: Iterable<string>): string | undefined {
  let best: string | undefined;
  let highest = -1;
  for (const hostId of hostIds) {
    const score = hash(`${key} ${hostId}`);
    if (score > highest || (score === highest && best !== undefined && hostId > best)) {
      best = hostId;
      highest = score;
    }
  }
  return best;
}

/** By number and not by id, which is random: the same network, built twice, has the same placements. */
function keyOf(view: TopologyView, ownerId: string): string {
  const kind = ownerKind(ownerId);
  return `${kind} ${view.get(kind, ownerId)?.number}`;
}

/** The host for a gateway, among those that are up; undefined when there is none. Work grows with their number. */
export function chooseGatewayHost(
  view: TopologyView,
  ownerId: string,
  { networkName, zone }: GatewayNeeds,
): string | undefined {
  const eligible = [...view.gatewayHosts(networkName)];
  const near = eligible.filter((id) => view.get('host', id)?.spec.zone === zone);
  return rendezvous(keyOf(view, ownerId), near.length > 0 ? near : eligible);
}
