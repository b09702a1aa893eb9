import {
  type Flow,
  type FragmentDefinition,
  ipMatch,
  on,
  onRegister,
  parseNetwork,
} from '../../pipeline/index.ts';
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
        const from = ipMatch('src', parseNetwork(block));
        const match = [
          onRegister('externalNetwork', network.number as number),
          ...from,
          on('ipv4_dst', address),
        ];
        return { stage: 'external-in', priority: 110, match, actions: [] };
      }),
    };
  },
};
