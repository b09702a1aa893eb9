import type { Action } from 'node-openflow';
import {
  type Feature,
  type Flow,
  type FragmentDefinition,
  type FragmentReference,
  globalScope,
  ipMatch,
  isArp,
  isIpv4,
  load,
  on,
  onRegister,
  set,
} from '../../pipeline/index.ts';
import { type AnyResource, parseAddress, type ResourceOf } from '../../resources/index.ts';
import type { TopologyView } from '../../topology/view.ts';
import { answersDns, dnsServer, ipv6DnsServer } from '../dhcp-options/settings.ts';
import { hostScope } from '../host/scope.ts';
import { serviceMeter } from '../limit/meters.ts';
import { type BoundContext, boundContext } from '../network-interface/context.ts';
import { ipv4NetworksOf } from '../network-interface/own-networks.ts';
import { changesIpv4Blocks, changesIpv6Block } from '../vpc/block-change.ts';
import { vpcMatch, vpcScope } from '../vpc/scope.ts';
import {
  dnsAddress,
  ipv6MetadataAddress,
  metadataAddress,
  ownBits,
  ports,
  servicesMac,
  slotNetwork,
  vpcDnsAddress,
} from './addresses.ts';
import { ipv6InterfaceFlows } from './ipv6.ts';
import { question, toInterface, toServices, usualHops, usualMetadataHops } from './packets.ts';
import { instanceOf, recordBytes, serviceRecord } from './record.ts';

const networkMask = (~ownBits & 0xffff_ffff) >>> 0;

/** Who takes the link-local addresses for near, or base + 2 in its own subnet, asks for their MAC. */
const arpFor = (match: Flow['match'], address: number): Flow => ({
  stage: 'admit',
  priority: 280,
  match: [...match, isArp, on('arp_op', 1), on('arp_tpa', address)],
  actions: [load('nextHop', address), set('eth_dst', servicesMac)],
  goto: 'arp-reply',
});

const metadata: FragmentDefinition = {
  name: 'services.metadata',
  code: 9,
  compile: () => ({
    scope: globalScope,
    number: 0,
    flows: [
      question([], 'tcp', metadataAddress, ports.metadata),
      arpFor([], metadataAddress),
      question([], 'tcp', ipv6MetadataAddress, ports.metadata),
    ],
  }),
};

const dns: FragmentDefinition = {
  name: 'services.dns',
  code: 7,
  compile(view, id) {
    const vpc = view.get('vpc', id);
    if (!vpc || !answersDns(vpc)) return undefined;
    const here = [vpcMatch(vpc)];
    const own = dnsServer(vpc);
    const flows = (['udp', 'tcp'] as const).flatMap((transport) => [
      question(here, transport, dnsAddress, ports.dns),
      question(here, transport, own, ports.dns, [set('ipv4_dst', vpcDnsAddress)]),
      ...(vpc.spec.ipv6CidrBlock === undefined ? [] : [question(here, transport, ipv6DnsServer, ports.dns)]),
    ]);
    return {
      scope: vpcScope(vpc),
      number: vpc.number as number,
      flows: [...flows, arpFor(here, dnsAddress), arpFor(here, own)],
    };
  },
};

/** The first 16 bits of an address; the others stay. */
const setNetwork = (field: 'ipv4_src' | 'ipv4_dst', network: number): Action => ({
  type: 'set-field',
  field,
  value: network,
  mask: networkMask,
});

/** Answers are known by the slot's network; each service has its flow, and that of metadata carries the record. */
function interfaceFlows(view: TopologyView, context: BoundContext, servicePort: number): Flow[] {
  const { networkInterface, vpc, binding } = context;
  const { privateAddress } = networkInterface.spec;
  const slot = slotNetwork(binding);
  const subnetNetwork = (parseAddress(privateAddress, 'privateAddress') & networkMask) >>> 0;
  const back = [setNetwork('ipv4_dst', subnetNetwork), ...toInterface(context)];
  const answer = (address: number, ...actions: Action[]): Flow => ({
    stage: 'service-reply',
    priority: 100,
    match: [isIpv4, on('ipv4_src', address), on('ipv4_dst', slot, networkMask)],
    actions: [...actions, ...back],
  });
  const { metadataHopLimit: hops = usualMetadataHops, metadataIpv6: hasIpv6Metadata = false } =
    instanceOf(view, networkInterface)?.spec ?? {};
  const record = recordBytes(serviceRecord(view, context));
  return [
    ...ipv4NetworksOf(networkInterface).map(
      (network): Flow => ({
        stage: 'service',
        priority: 100,
        // Only from the own addresses, of which each has its way back; not from those that the interface may use besides.
        match: [onRegister('interfaceNumber', networkInterface.number as number), ...ipMatch('src', network)],
        actions: [serviceMeter(binding).action, setNetwork('ipv4_src', slot), ...toServices(servicePort)],
      }),
    ),
    answer(metadataAddress, { type: 'note', data: record }, set('ip_ttl', hops)),
    answer(dnsAddress, set('ip_ttl', usualHops)),
    answer(vpcDnsAddress, set('ip_ttl', usualHops), set('ipv4_src', dnsServer(vpc))),
    ...ipv6InterfaceFlows(context, servicePort, hasIpv6Metadata ? hops : undefined),
  ];
}

const ofInterface: FragmentDefinition = {
  name: 'services.interface',
  code: 8,
  compile(view, id) {
    const context = boundContext(view, id);
    const servicePort = context?.host.spec.servicePort;
    if (!context || servicePort === undefined) return undefined;
    const { create, remove } = serviceMeter(context.binding);
    return {
      scope: hostScope(context.host),
      number: context.networkInterface.number as number,
      flows: interfaceFlows(view, context, servicePort),
      before: create,
      whenGone: remove,
    };
  },
};

const ofHost: FragmentDefinition = {
  name: 'services.host',
  code: 28,
  compile(view, id) {
    const host = view.get('host', id);
    const port = host?.spec.servicePort;
    if (!host || port === undefined) return undefined;
    const flow: Flow = {
      stage: 'classify',
      priority: 100,
      match: [on('in_port', port)],
      actions: [],
      goto: 'service-reply',
    };
    return { scope: hostScope(host), number: host.number as number, flows: [flow] };
  },
};

type Spec<K extends AnyResource['kind']> = ResourceOf<K>['spec'] | undefined;

function* bindingsOf(view: TopologyView, interfaceId: string): Generator<FragmentReference> {
  const target = { kind: 'network-interface', id: interfaceId } as const;
  for (const { id } of view.referrers(target, 'of-interface', 'binding')) {
    yield { definition: ofInterface, id };
  }
}

/** The interfaces of an instance: what is told of one tells where the others are. */
function* bindingsOfInstance(
  view: TopologyView,
  instanceId: string | undefined,
): Generator<FragmentReference> {
  if (instanceId === undefined) return;
  const target = { kind: 'instance', id: instanceId } as const;
  for (const one of view.referrers(target, 'of-instance', 'network-interface'))
    yield* bindingsOf(view, one.id);
}

/** DNS and metadata, answered by the services of each host, which know an interface by its slot's address. */
export const servicesFeature: Feature = {
  name: 'services',
  fragments: [metadata, dns, ofInterface, ofHost],
  always: [{ definition: metadata, id: 'metadata' }],
  *affected({ kind, id, before, after }, view) {
    switch (kind) {
      case 'binding':
        yield { definition: ofInterface, id };
        if (!(before && after)) {
          const { networkInterfaceId } = ((after ?? before) as ResourceOf<'binding'>).spec;
          yield* bindingsOfInstance(view, view.get('network-interface', networkInterfaceId)?.spec.instanceId);
        }
        return;
      case 'network-interface':
        yield* bindingsOf(view, id);
        return;
      case 'instance':
        yield* bindingsOfInstance(view, id);
        return;
      case 'subnet':
        if (!before || !after) return;
        if ((before.spec as Spec<'subnet'>)?.ipv6CidrBlock === (after.spec as Spec<'subnet'>)?.ipv6CidrBlock)
          return;
        for (const one of view.referrers({ kind, id }, 'in-subnet', 'network-interface')) {
          yield* bindingsOf(view, one.id);
        }
        return;
      case 'elastic-ip':
        for (const spec of [before?.spec, after?.spec] as Spec<'elastic-ip'>[]) {
          if (spec?.networkInterfaceId) yield* bindingsOf(view, spec.networkInterfaceId);
        }
        return;
      case 'host':
        yield { definition: ofHost, id };
        if ((before?.spec as Spec<'host'>)?.servicePort === (after?.spec as Spec<'host'>)?.servicePort)
          return;
        for (const binding of view.referrers({ kind, id }, 'on-host', 'binding')) {
          yield { definition: ofInterface, id: binding.id };
        }
        return;
      case 'vpc': {
        yield { definition: dns, id };
        const [old, now] = [before?.spec, after?.spec] as Spec<'vpc'>[];
        if (!old || !now) return;
        const isRecorded =
          old.dhcpOptionsId !== now.dhcpOptionsId ||
          old.enableDnsSupport !== now.enableDnsSupport ||
          old.enableDnsHostnames !== now.enableDnsHostnames;
        const hasOtherBlocks = changesIpv4Blocks(before, after) || changesIpv6Block(before, after);
        if (!isRecorded && !hasOtherBlocks) return;
        for (const one of view.referrers({ kind, id }, 'in-vpc', 'network-interface')) {
          yield* bindingsOf(view, one.id);
        }
      }
    }
  },
};
