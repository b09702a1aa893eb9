import {
  type DhcpOptionsSpec,
  formatIpv6,
  mostServers,
  parseAddress,
  parseIpv6Address,
  providedDns,
  WeftError,
} from '../../resources/index.ts';
import { refuseWhileUsed } from '../operations/checks.ts';
import type { Operations } from '../operations/operations.ts';

/** A server that instances can ask: one machine, by its address, in canonical form. */
function requireServer(text: string, field: string): string {
  if (text.includes(':')) {
    const address = parseIpv6Address(text, field);
    // Neither :: nor ::1, of no link alone, and no group (RFC 4291, section 2.4).
    if (address > 1n && address >> 118n !== 0xfe80n >> 6n && address >> 120n !== 0xffn)
      return formatIpv6(address);
  } else {
    const first = parseAddress(text, field) >>> 24;
    if (first !== 0 && first !== 127 && first < 224) return text;
  }
  throw new WeftError('invalid-value', `${text} is not the address of one machine`, {
    field,
    value: text,
    fix: 'Give the address of a server that the instances reach.',
  });
}

/** Servers in canonical form, no more of a kind than AWS allows. */
function requireServers(servers: readonly string[], field: string): string[] {
  const checked = servers.map((server, index) =>
    server === providedDns ? server : requireServer(server, `${field}[${index}]`),
  );
  for (const isOne of [(one: string) => one.includes(':'), (one: string) => !one.includes(':')]) {
    const extra = checked.filter(isOne)[mostServers];
    if (extra === undefined) continue;
    throw new WeftError('invalid-value', `there are more than ${mostServers} servers of one kind`, {
      field: `${field}[${checked.indexOf(extra)}]`,
      value: extra,
      fix: `Give at most ${mostServers} of IPv4 and ${mostServers} of IPv6.`,
    });
  }
  return checked;
}

/** Sets of DHCP options. They cannot be changed, so whoever uses one knows what it says. */
export const dhcpOptionsOperations: Operations<'dhcp-options'> = {
  kind: 'dhcp-options',
  create(draft, { spec, tags }) {
    const { domainNameServers, ntpServers, netbiosNameServers } = spec as DhcpOptionsSpec;
    const checked = {
      ...spec,
      ...(domainNameServers
        ? { domainNameServers: requireServers(domainNameServers, 'spec.domainNameServers') }
        : {}),
      ...(ntpServers ? { ntpServers: requireServers(ntpServers, 'spec.ntpServers') } : {}),
      ...(netbiosNameServers
        ? { netbiosNameServers: requireServers(netbiosNameServers, 'spec.netbiosNameServers') }
        : {}),
    };
    if (Object.keys(spec).length === 0) {
      throw new WeftError('missing-field', 'a set of DHCP options without any option says nothing', {
        field: 'spec',
        value: spec,
        fix: 'Give at least one option, such as domainName, domainNameServers or ntpServers.',
      });
    }
    return draft.create('dhcp-options', { spec: checked, tags });
  },
  remove(draft, options) {
    refuseWhileUsed(draft, options, 'uses-dhcp-options', 'vpc');
    draft.remove(options);
  },
};
