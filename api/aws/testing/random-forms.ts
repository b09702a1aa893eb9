import { actionsByName } from '../actions/index.ts';
import { queryNameOf, type ServiceDescription, type Shape, services, shapeOf } from '../model/description.ts';

/** From 0 up to 1, without 1. */
export type Chance = () => number;

/** Names and values of a form, in order; a name may come twice. */
export type RandomForm = [name: string, value: string][];

/** Random numbers that a seed repeats (mulberry32, a public-domain generator of 32 bits of state). */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const pick = <T>(chance: Chance, list: readonly T[]): T => list[Math.floor(chance() * list.length)] as T;

/** Ids that a test knows to exist, by their prefix: requests about nothing only ever meet the first check. */
export class KnownIds {
  readonly #byPrefix = new Map<string, string[]>();

  /** Takes every id in a text, for example in an answer. */
  learn(text: string): void {
    for (const [id, prefix = ''] of text.matchAll(/\b([a-z]+)-[0-9a-f]{17}\b/g)) {
      const known = this.#byPrefix.get(prefix) ?? [];
      if (!known.includes(id)) known.push(id);
      if (known.length > 20) known.shift();
      this.#byPrefix.set(prefix, known);
    }
  }

  any(chance: Chance): string {
    const lists = [...this.#byPrefix.values()];
    return lists.length === 0 ? 'vpc-0123456789abcdef0' : pick(chance, pick(chance, lists));
  }

  /** One that a parameter of this name may mean. */
  forParameter(chance: Chance, name: string): string {
    const entry = Object.entries(prefixes).find(([part]) => name.toLowerCase().includes(part));
    const known = entry && this.#byPrefix.get(entry[1]);
    return known && chance() < 0.9 ? pick(chance, known) : this.any(chance);
  }
}

/** What stands in the names of parameters, most particular first. */
const prefixes: Readonly<Record<string, string>> = {
  egressonly: 'eigw',
  internetgateway: 'igw',
  natgateway: 'nat',
  gatewayid: 'igw',
  vpcpeering: 'pcx',
  networkinterface: 'eni',
  networkacl: 'acl',
  routetable: 'rtb',
  securitygrouprule: 'sgr',
  group: 'sg',
  subnet: 'subnet',
  dhcp: 'dopt',
  prefixlist: 'pl',
  allocation: 'eipalloc',
  instance: 'i',
  resource: 'vpc',
  vpc: 'vpc',
};

/** Values that parameters of these names may have; the rest takes anything. */
const fitting: readonly (readonly [RegExp, readonly string[]])[] = [
  [/Ipv6Cidr|Ipv6Prefix/, ['2001:db8::/56', '2001:db8:0:1::/64', '::/0']],
  [
    /Cidr/,
    ['10.0.0.0/16', '10.0.1.0/24', '10.0.3.0/24', '10.0.4.0/28', '10.1.0.0/16', '0.0.0.0/0', '192.0.2.0/24'],
  ],
  [/Ipv6Address/, ['2001:db8::5', '2001:db8:0:1::9']],
  [/(Ip|Address|Addresses)(\.\d+)?$/, ['10.0.1.7', '10.0.1.8', '203.0.113.10']],
  [/Protocol$/, ['tcp', 'udp', 'icmp', '-1', '6', '17']],
  [/Zone/, ['us-east-1a', 'us-east-1b', 'use1-az1']],
  [/Filter\.\d+\.Name/, ['vpc-id', 'state', 'tag:Name', 'tag-key', 'subnet-id', 'group-id', 'status']],
  [/DhcpConfiguration\.\d+\.Key/, ['domain-name', 'domain-name-servers', 'ntp-servers']],
  [/ResourceType$/, ['vpc', 'subnet', 'security-group', 'network-interface', 'instance', 'natgateway']],
  [/MinCount|MaxCount/, ['1', '2']],
  [/MaxEntries|CurrentVersion/, ['1', '5', '20']],
  [/^Attribute$/, ['enableDnsSupport', 'enableDnsHostnames', 'description', 'groupSet', 'sourceDestCheck']],
  [/(Key|Name|Description|Value)$/, ['a', 'b', 'Name', 'default', 'example.org']],
];

const texts = [
  ...['10.0.0.0/16', '10.0.1.0/24', '10.0.0.0/8', '0.0.0.0/0', '::/0', '2001:db8::/56', '10.0.1.7'],
  ...['tcp', 'udp', 'icmp', '-1', '6', '22', '65535', '70000', 'allow', 'deny', 'us-east-1a', 'vpc', 'name'],
  ...[
    'true',
    'false',
    'tag:Name',
    'vpc-id',
    'state',
    'available',
    '*',
    '?',
    '\\*',
    '',
    ' ',
    'null',
    '[]',
    '{}',
  ],
  ...['2026-01-01T00:00:00Z', 'AAAA', '1e9', '-0', '9'.repeat(18), '9'.repeat(400)],
  ...['\u0000', '\ufffe', '\ud83d\ude00', 'é', '<a>&"', ']]>', '__proto__', 'constructor', '%', '+', '\r\n'],
];

/** A form for one action: close to a right one, with a few things wrong. */
export function randomForm(chance: Chance, known: KnownIds): RandomForm {
  const action = pick(chance, [...actionsByName.keys()]);
  const service = [...services().values()].find(({ operations }) => action in operations);
  const form: RandomForm = [];
  /** How likely a parameter is given that need not be: the more are given, the less they go together. */
  const wordiness = pick(chance, [0.1, 0.25, 0.6]);
  const input = service?.operations[action]?.input;
  if (service && input) fill(service, shapeOf(service, input), '', 0);
  while (chance() < 0.25) spoil(chance, form);
  form.push(['Action', chance() < 0.98 ? action : pick(chance, texts)]);
  if (chance() < 0.98) form.push(['Version', chance() < 0.95 ? '2016-11-15' : pick(chance, texts)]);
  return form;

  function fill(service: ServiceDescription, shape: Shape, name: string, depth: number): void {
    if (shape.type === 'structure') {
      const supported = depth > 0 ? undefined : (actionsByName.get(action)?.supports ?? []);
      for (const [member, { shape: memberShape, ...rest }] of Object.entries(shape.members)) {
        if (chance() > likelihood(shape, member, supported, depth)) continue;
        const part = queryNameOf(service, member, { shape: memberShape, ...rest });
        const path = name === '' ? part : `${name}.${part}`;
        if (depth < 6) fill(service, shapeOf(service, memberShape), path, depth + 1);
      }
    } else if (shape.type === 'list') {
      const count = 1 + Math.floor(chance() * 2.3);
      for (let index = 1; index <= count; index++) {
        fill(service, shapeOf(service, shape.member.shape), `${name}.${index}`, depth + 1);
      }
    } else form.push([name, scalar(shape, name)]);
  }

  function likelihood(
    { required }: Extract<Shape, { type: 'structure' }>,
    member: string,
    supported: readonly string[] | undefined,
    depth: number,
  ): number {
    if (required?.includes(member)) return 0.97;
    if (/^(Filters|TagSpecifications|MaxResults|NextToken)$/.test(member)) return 0.1;
    if (
      /^(CidrBlock|DestinationCidrBlock|SubnetId|NetworkInterfaceId|GatewayId|GroupId|IpPermissions)$/.test(
        member,
      )
    )
      return 0.8;
    if (depth > 0) return 0.6;
    return supported?.includes(member) ? wordiness : 0.003;
  }

  function scalar(shape: Shape, name: string): string {
    if (chance() < 0.03) return pick(chance, texts);
    if (shape.type === 'boolean') return chance() < 0.5 ? 'true' : 'false';
    if (/(Id|Ids|Group|Resource)(\.\d+)?$/.test(name)) return known.forParameter(chance, name);
    const values = fitting.find(([part]) => part.test(name))?.[1];
    if (values) return pick(chance, values);
    if (shape.type === 'string' && shape.enum) return pick(chance, shape.enum);
    if (shape.type === 'integer' || shape.type === 'long') return String(Math.floor(chance() * 200) - 2);
    return pick(chance, [known.any(chance), ...texts]);
  }
}

/** One thing that no client should do. */
export function spoil(chance: Chance, form: RandomForm): void {
  const index = Math.floor(chance() * form.length);
  const [name = 'Filter', value = ''] = form[index] ?? [];
  const set = (entry: [string, string]) => void form.splice(index, 1, entry);
  const wrongs: (() => void)[] = [
    () => void form.splice(index, 1),
    () => void form.push([name, value]),
    () => void form.push(['Filter.1.Name', pick(chance, texts)], ['Filter.1.Value.1', pick(chance, texts)]),
    () => set([`${name}.1`, value]),
    () => set([name.replace(/\d+/, pick(chance, ['0', '-1', '999999', '1000000', '1.5', 'x'])), value]),
    () => set([name.replace(/\.[^.]*$/, ''), value]),
    () => set([name.toLowerCase(), value]),
    () => set([`${name}${'.1.Value'.repeat(1 + Math.floor(chance() * 30))}`, value]),
    () => set([name, pick(chance, texts).repeat(1 + Math.floor(chance() * 50))]),
    () => set([pick(chance, texts), value]),
    () => void form.push(['DryRun', pick(chance, ['true', 'false', 'maybe'])]),
    () => void form.push(['ClientToken', pick(chance, ['a', 'b', 'x'.repeat(65), ...texts])]),
    () => void form.push(['NextToken', pick(chance, ['', 'x', 'bnVsbA', 'W10', ...texts])]),
    () => void form.push(['MaxResults', pick(chance, ['5', '0', '1001', '-5', 'x'])]),
  ];
  pick(chance, wrongs)();
}

/** As it goes over the wire; sometimes not as a form should. */
export function encodeForm(chance: Chance, form: RandomForm): Uint8Array<ArrayBuffer> {
  const bytes = Buffer.from(new URLSearchParams(form).toString());
  if (chance() < 0.9) return new Uint8Array(bytes);
  const broken = new Uint8Array(bytes);
  for (let count = 0; count < 3; count++) {
    broken[Math.floor(chance() * broken.length)] = Math.floor(chance() * 256);
  }
  return broken;
}
