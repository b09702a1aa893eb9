import type { StageName } from '../../controller/pipeline/index.ts';
import type { DropReason, Outcome, ReferencePacket } from '../../controller/reference/index.ts';
import type { Effect, Observation } from './fabric/observation.ts';

/** Where the pipeline drops what the model drops for this reason. */
const stagesOfReason: Readonly<Record<DropReason, readonly StageName[]>> = {
  'sender-not-bound': [],
  'vlan-tag': ['classify'],
  'unsupported-protocol': ['source-guard', 'external-in'],
  'spoofed-mac': ['source-guard'],
  'spoofed-address': ['source-guard'],
  'spoofed-arp': ['source-guard'],
  'spoofed-neighbour': ['source-guard'],
  'neighbour-discovery': ['source-guard', 'admit'],
  'link-local': ['source-guard'],
  'no-ipv6': ['source-guard', 'admit', 'route', 'public-check'],
  'dhcp-server': ['source-guard', 'admit'],
  'arp-unanswered': ['source-guard', 'admit', 'resolve', 'external-in'],
  'nd-unanswered': ['source-guard', 'admit', 'resolve', 'external-in'],
  broadcast: ['admit'],
  'wrong-mac': ['admit', 'external-in'],
  'no-gateway-host': ['resolve'],
  'translated-twice': ['route'],
  unsolicited: ['locate', 'nat', 'egress-acl', 'route', 'public-check'],
  untracked: [
    'egress-acl',
    'route',
    'nat',
    'egress-check',
    'egress-verdict',
    'ingress-acl',
    'ingress-check',
    'ingress-verdict',
    'translate',
    'external-route',
    'external-in',
    'locate',
  ],
  'egress-rules': ['egress-verdict'],
  'egress-acl': ['egress-acl'],
  'no-route': ['route'],
  blackhole: ['route', 'nat', 'public-check'],
  'detached-gateway': ['route'],
  'checked-target': ['route', 'nat', 'public-check'],
  'inactive-peering': ['route'],
  'unroutable-source': ['route', 'public-track'],
  'ttl-exceeded': ['route', 'external-in'],
  'too-large': ['tunnel', 'external-in'],
  'no-elastic-ip': ['translate'],
  'foreign-source': ['translate'],
  'not-public': ['translate'],
  'no-external-port': ['translate', 'external-route', 'external-port'],
  'no-next-hop': ['external-route'],
  'to-itself': ['resolve', 'locate', 'ingress-acl', 'ingress-check', 'ingress-verdict', 'deliver'],
  'no-interface': ['route-local', 'resolve'],
  'receiver-not-bound': ['resolve'],
  'ingress-rules': ['ingress-verdict'],
  'ingress-acl': ['ingress-acl'],
  'unknown-public-address': ['external-in'],
  'no-service': ['service'],
  'private-source': ['external-in', 'locate', 'nat', 'public-track'],
  'no-return-route': ['public-check'],
};

/** What the switches must do when the model says this. An answer and what a VM sends to itself look alike. */
function expectedEffects({ from }: ReferencePacket, outcome: Outcome): Effect[] {
  switch (outcome.type) {
    case 'dropped':
      return [];
    case 'delivered': {
      const toItself = 'interfaceId' in from && from.interfaceId === outcome.interfaceId;
      return [toItself ? { type: 'answered', frame: outcome.frame } : outcome];
    }
    case 'sent-outside':
    case 'announced':
      return [outcome];
    case 'answered':
      if ('frame' in outcome) return [{ type: 'answered', frame: outcome.frame }];
      if (outcome.by === 'router-advertisement') return [{ type: 'advertised', router: outcome.router }];
      return [{ type: 'offered', lease: outcome.lease }];
  }
}

/** Text that is the same for the same value, whatever the order of its keys. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
}

/** @returns what is wrong, in a line; undefined when switches and model agree */
export function difference(
  packet: ReferencePacket,
  outcome: Outcome,
  { effects, ends }: Observation,
): string | undefined {
  const expected = expectedEffects(packet, outcome);
  if (canonical(expected) !== canonical(effects)) {
    return `the model says ${canonical(outcome)}, the switches did ${canonical(effects)}`;
  }
  if (outcome.type !== 'dropped') return undefined;
  const allowed = stagesOfReason[outcome.reason];
  const wrong = ends.find(({ stage }) => !allowed.includes(stage as StageName));
  return (
    wrong && `the model drops it for ${outcome.reason}, the switch of ${wrong.hostId} in stage ${wrong.stage}`
  );
}
