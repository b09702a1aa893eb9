import { parseAddress, providedDns, WeftError } from '../../resources/index.ts';
import { refuseWhileUsed } from '../operations/checks.ts';
import type { Operations } from '../operations/operations.ts';

/** A server that instances can ask: one machine, by its address. */
function requireServer(text: string, field: string): void {
  const first = parseAddress(text, field) >>> 24;
  if (first !== 0 && first !== 127 && first < 224) return;
  throw new WeftError('invalid-value', `${text} is not the address of one machine`, {
    field,
    value: text,
    fix: 'Give the address of a server that the instances reach.',
  });
}

/** Sets of DHCP options. They cannot be changed, so whoever uses one knows what it says. */
export const dhcpOptionsOperations: Operations<'dhcp-options'> = {
  kind: 'dhcp-options',
  create(draft, { spec, tags }) {
    const { domainNameServers = [], ntpServers = [] } = spec as {
      domainNameServers?: string[];
      ntpServers?: string[];
    };
    for (const [index, server] of domainNameServers.entries()) {
      if (server !== providedDns) requireServer(server, `spec.domainNameServers[${index}]`);
    }
    for (const [index, server] of ntpServers.entries()) requireServer(server, `spec.ntpServers[${index}]`);
    if (Object.keys(spec).length === 0) {
      throw new WeftError('missing-field', 'a set of DHCP options without any option says nothing', {
        field: 'spec',
        value: spec,
        fix: 'Give at least one of domainName, domainNameServers, ntpServers and leaseSeconds.',
      });
    }
    return draft.create('dhcp-options', { spec, tags });
  },
  remove(draft, options) {
    refuseWhileUsed(draft, options, 'uses-dhcp-options', 'vpc');
    draft.remove(options);
  },
};
