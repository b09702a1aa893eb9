import type { ApiKind } from '../contract/index.ts';

/** What ids of each kind begin with; null where ids have another form, such as names of hosts. */
export const idPrefixes: { readonly [K in ApiKind]: string | null } = {
  account: null,
  'access-key': null,
  'external-network': 'extnet',
  host: null,
  vpc: 'vpc',
  subnet: 'subnet',
  'network-acl': 'acl',
  'prefix-list': 'pl',
  'vpc-peering-connection': 'pcx',
  'route-table': 'rtb',
  'internet-gateway': 'igw',
  'security-group': 'sg',
  'security-group-rule': 'sgr',
  'network-interface': 'eni',
  'elastic-ip': 'eipalloc',
  'nat-gateway': 'nat',
  'egress-only-internet-gateway': 'eigw',
  'dhcp-options': 'dopt',
  instance: 'i',
  binding: null,
  placement: null,
  'held-address': null,
};

const kindsByPrefix = new Map(Object.entries(idPrefixes).map(([kind, prefix]) => [prefix, kind as ApiKind]));

/** The kind of a resource by its id: `vpc-0123456789abcdef0`. Undefined when the text is no id of that form. */
export function kindOfId(text: string): ApiKind | undefined {
  const [, prefix] = /^([a-z][a-z-]*)-[0-9a-f]{17}$/.exec(text) ?? [];
  return prefix === undefined ? undefined : kindsByPrefix.get(prefix);
}

/** The kind whose ids a pattern of the API's document is about, where it is about one kind alone. */
export function kindOfPattern(pattern: string): ApiKind | undefined {
  const [, prefix] = /^\^([a-z][a-z-]*)-\[0-9a-f\]\{17\}\$$/.exec(pattern) ?? [];
  return prefix === undefined ? undefined : kindsByPrefix.get(prefix);
}
