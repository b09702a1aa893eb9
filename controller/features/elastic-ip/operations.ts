import { type ResourceOf, WeftError } from '../../resources/index.ts';
import { chooseExternalNetwork } from '../external-network/operations.ts';
import { requireGatewayTo } from '../internet-gateway/operations.ts';
import { referenced } from '../operations/checks.ts';
import type { Draft } from '../operations/draft.ts';
import type { Operations } from '../operations/operations.ts';
import { dropPlacement } from '../placement/operations.ts';
import { lendPublicAddress, takePublicAddress } from './ephemeral.ts';
import { chooseAddress } from './pool.ts';
import { elasticIpAt } from './user.ts';

/** Where an elastic IP leads: an interface, and one of its addresses if it is not the primary one. */
interface Target {
  readonly networkInterfaceId: string;
  readonly privateAddress?: string;
}

/**
 * The interface and address for an elastic IP: the VPC must reach the network, and the address must have no other one. An
 * address that was only lent gives way.
 */
function takeTarget(
  draft: Draft,
  elasticIpId: string | undefined,
  externalNetworkId: string,
  interfaceId: string,
  privateAddress: string | undefined,
): Target {
  const field = 'spec.networkInterfaceId';
  const networkInterface = referenced(draft, 'network-interface', interfaceId, field);
  const { spec } = networkInterface;
  const address = privateAddress ?? spec.privateAddress;
  if (address !== spec.privateAddress && !spec.secondaryPrivateAddresses?.includes(address)) {
    throw new WeftError('address-outside', `interface ${interfaceId} has no address ${address}`, {
      field: 'spec.privateAddress',
      value: address,
      fix: `Choose one of ${[spec.privateAddress, ...(spec.secondaryPrivateAddresses ?? [])].join(', ')}.`,
    });
  }
  const other = elasticIpAt(draft.view, networkInterface, address);
  if (other && other.id !== elasticIpId && !other.spec.ephemeral) {
    throw new WeftError(
      'already-exists',
      `${address} of interface ${interfaceId} has elastic IP ${other.spec.address} (${other.id})`,
      { field, value: interfaceId, fix: 'Disassociate that one first.' },
    );
  }
  requireGatewayTo(draft, spec.vpcId, externalNetworkId, { field, value: interfaceId });
  if (other?.spec.ephemeral) takePublicAddress(draft, networkInterface);
  return {
    networkInterfaceId: interfaceId,
    ...(address === spec.privateAddress ? {} : { privateAddress: address }),
  };
}

/** @throws WeftError wrong-state for an address that is only lent */
function requireOwn({ id, spec }: ResourceOf<'elastic-ip'>): void {
  if (!spec.ephemeral) return;
  throw new WeftError('wrong-state', `${spec.address} is lent to interface ${spec.networkInterfaceId}`, {
    field: 'id',
    value: id,
    fix: 'It goes when the instance stops, when the interface gets an elastic IP, or with associatePublicAddress: false.',
  });
}

/** An interface that loses its elastic IP may have been started with a public address. */
function lendAgain(draft: Draft, interfaceId: string | undefined): void {
  const networkInterface =
    interfaceId === undefined ? undefined : draft.get('network-interface', interfaceId);
  if (networkInterface) lendPublicAddress(draft, networkInterface, 'go-without');
}

/** @throws WeftError missing-field when an address is given, and nobody whose it is */
function requireInterface(interfaceId: string | null | undefined, privateAddress: string | undefined): void {
  if (privateAddress === undefined || typeof interfaceId === 'string') return;
  throw new WeftError('missing-field', 'a private address is given, and no interface', {
    field: 'spec.networkInterfaceId',
    value: privateAddress,
    fix: 'Give the interface that has the address.',
  });
}

/** @throws WeftError in-use when a NAT gateway has the address: it keeps it until it is deleted, as in AWS */
function requireNoNatGateway(draft: Draft, elasticIp: ResourceOf<'elastic-ip'>): void {
  for (const { id } of draft.view.referrers(elasticIp, 'uses-elastic-ip', 'nat-gateway')) {
    throw new WeftError('in-use', `NAT gateway ${id} uses the address`, {
      field: 'id',
      value: elasticIp.id,
      fix: `Delete ${id} first.`,
    });
  }
}

export const elasticIpOperations: Operations<'elastic-ip'> = {
  kind: 'elastic-ip',
  create(draft, { spec, tags }) {
    const { externalNetworkId, address, networkInterfaceId, privateAddress } = spec as Record<
      string,
      string | undefined
    >;
    requireInterface(networkInterfaceId, privateAddress);
    const network = chooseExternalNetwork(draft, externalNetworkId);
    const chosen = chooseAddress(draft, network, address);
    const target =
      networkInterfaceId === undefined
        ? {}
        : takeTarget(draft, undefined, network.id, networkInterfaceId, privateAddress);
    const elasticIp = draft.create('elastic-ip', {
      spec: { externalNetworkId: network.id, address: chosen, ...target },
      tags,
    });
    draft.claim(network.id, chosen, elasticIp.id);
    return elasticIp;
  },
  update(draft, current, { spec }) {
    const { networkInterfaceId: before, privateAddress: addressBefore, ...rest } = current.spec;
    const wanted = spec as { networkInterfaceId?: string | null; privateAddress?: string };
    if (Object.keys(wanted).length === 0) return draft.update(current, {});
    requireOwn(current);
    requireNoNatGateway(draft, current);
    const interfaceId = wanted.networkInterfaceId === undefined ? before : wanted.networkInterfaceId;
    requireInterface(interfaceId, wanted.privateAddress);
    const target =
      typeof interfaceId === 'string'
        ? takeTarget(draft, current.id, current.spec.externalNetworkId, interfaceId, wanted.privateAddress)
        : undefined;
    const moves = target?.networkInterfaceId !== before || target?.privateAddress !== addressBefore;
    if (moves) dropPlacement(draft, current.id);
    const updated = draft.update(current, { spec: { ...rest, ...target } });
    if (moves) lendAgain(draft, before);
    return updated;
  },
  remove(draft, elasticIp) {
    requireOwn(elasticIp);
    requireNoNatGateway(draft, elasticIp);
    if (elasticIp.spec.networkInterfaceId !== undefined) {
      throw new WeftError(
        'in-use',
        `the address is associated with interface ${elasticIp.spec.networkInterfaceId}`,
        { field: 'id', value: elasticIp.id, fix: 'Disassociate it first (networkInterfaceId: null).' },
      );
    }
    draft.release(elasticIp.spec.externalNetworkId, elasticIp.spec.address);
    draft.remove(elasticIp);
  },
};
