import { type Flow, type FragmentDefinition, isIpv4, on, onRegister } from '../../pipeline/index.ts';
import { netmask, parseCidr } from '../../resources/index.ts';
import { hostScope } from '../host/scope.ts';
import { elasticIpContext } from './context.ts';

/**
 * Nobody outside has an address of the VPC's secondary blocks, either. Apart from what translates, of which every change
 * ends the connections: blocks come and go while they last.
 */
export const secondaryBlocks: FragmentDefinition = {
  name: 'elastic-ip.secondary-blocks',
  code: 29,
  compile(view, id) {
    const context = elasticIpContext(view, id);
    const blocks = context?.vpc.spec.secondaryCidrBlocks;
    if (!context?.place || !blocks) return undefined;
    const { elasticIp, network, address, place } = context;
    return {
      scope: hostScope(place.host),
      number: elasticIp.number as number,
      flows: blocks.map((block): Flow => {
        const inside = parseCidr(block, 'secondaryCidrBlocks');
        return {
          stage: 'external-in',
          priority: 110,
          match: [
            onRegister('externalNetwork', network.number as number),
            isIpv4,
            on('ipv4_src', inside.address, netmask(inside.prefixLength)),
            on('ipv4_dst', address),
          ],
          actions: [],
        };
      }),
    };
  },
};
