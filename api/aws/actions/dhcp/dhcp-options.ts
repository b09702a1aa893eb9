import { createHash } from 'node:crypto';
import { type DhcpOptionsSpec, providedDns } from '@weft/controller/resources';
import type { ActionContext } from '../../context.ts';
import { define } from '../../define.ts';
import { ownerOf } from '../../departed.ts';
import { filtered } from '../../describe.ts';
import { AwsError } from '../../errors.ts';
import { type FilterTable, matcher } from '../../filters.ts';
import type { DhcpOptions, NewDhcpConfiguration } from '../../model/generated/types.ts';
import { pageOf } from '../../pages.ts';
import { shownTags, tagList, tagsFor } from '../../tags.ts';

/** What is shown of a set: one that was made, or the one that every VPC starts with. */
interface OptionSet {
  readonly id: string;
  readonly spec: DhcpOptionsSpec;
  readonly tags: Readonly<Record<string, string>>;
}

/** AWS's word for the DNS server of the VPC itself. */
const amazonDns = 'AmazonProvidedDNS';

/** The id of the set that a VPC has when it has none of its own; the same for all VPCs of an account and region. */
export function defaultOptionsId(context: ActionContext): string {
  return `dopt-${createHash('sha256').update(ownerOf(context)).digest('hex').slice(0, 17)}`;
}

function defaultOptions(context: ActionContext): OptionSet {
  const domainName = context.region === 'us-east-1' ? 'ec2.internal' : `${context.region}.compute.internal`;
  return { id: defaultOptionsId(context), spec: { domainName, domainNameServers: [providedDns] }, tags: {} };
}

function configurationsOf(spec: DhcpOptionsSpec) {
  const { domainName, domainNameServers, ntpServers, ipv6PreferredLeaseSeconds: preferred } = spec;
  const type = spec.netbiosNodeType;
  const option = (Key: string, values: readonly string[] | undefined) =>
    values
      ? [{ Key, Values: values.map((Value) => ({ Value: Value === providedDns ? amazonDns : Value })) }]
      : [];
  return [
    ...option('domain-name', domainName === undefined ? undefined : [domainName]),
    ...option('domain-name-servers', domainNameServers),
    ...option('ntp-servers', ntpServers),
    ...option('netbios-name-servers', spec.netbiosNameServers),
    ...option('netbios-node-type', type === undefined ? undefined : [String(type)]),
    ...option('ipv6-address-preferred-lease-time', preferred === undefined ? undefined : [`${preferred}`]),
  ];
}

const present = ({ account }: ActionContext, { id, spec, tags }: OptionSet): DhcpOptions => ({
  DhcpOptionsId: id,
  OwnerId: account,
  DhcpConfigurations: configurationsOf(spec),
  Tags: tagList(tags),
});

const nodeTypes = [1, 2, 4, 8] as const;

/** RFC 1533, section 8.7. @throws AwsError */
function nodeTypeOf(text: string): (typeof nodeTypes)[number] {
  const found = nodeTypes.find((type) => String(type) === text);
  if (found !== undefined) return found;
  throw new AwsError(
    'InvalidParameterValue',
    `Value (${text.slice(0, 100)}) for parameter netbios-node-type is invalid: give 1, 2, 4 or 8`,
  );
}

function specOf(configurations: readonly NewDhcpConfiguration[]): DhcpOptionsSpec {
  let spec: DhcpOptionsSpec = {};
  for (const { Key: key = '', Values: given = [] } of configurations) {
    // Some clients send one value with commas.
    const values = given.flatMap((value) => value.split(',')).map((value) => value.trim());
    if (key === 'domain-name' && values.length === 1) spec = { ...spec, domainName: values[0] as string };
    else if (key === 'domain-name-servers') {
      const servers = values.map((value) => (value === amazonDns ? providedDns : value));
      spec = { ...spec, domainNameServers: servers };
    } else if (key === 'ntp-servers') spec = { ...spec, ntpServers: values };
    else if (key === 'ipv6-address-preferred-lease-time' && /^\d+$/.test(values.join())) {
      spec = { ...spec, ipv6PreferredLeaseSeconds: Number(values[0]) };
    } else if (key === 'netbios-name-servers') spec = { ...spec, netbiosNameServers: values };
    else if (key === 'netbios-node-type' && values.length === 1) {
      spec = { ...spec, netbiosNodeType: nodeTypeOf(values[0] as string) };
    } else
      throw new AwsError(
        'InvalidParameterValue',
        `Value (${key.slice(0, 100)}) for parameter key is invalid`,
      );
  }
  return spec;
}

export const createDhcpOptions = define({
  action: 'CreateDhcpOptions',
  supports: ['DhcpConfigurations', 'TagSpecifications'],
  note: 'every option of AWS',
  async handle(context, { DhcpConfigurations: configurations, TagSpecifications: specifications }) {
    const tags = tagsFor('dhcp-options', specifications);
    const options = await context.cloud.create('dhcp-options', { spec: specOf(configurations), tags });
    return { DhcpOptions: present(context, options) };
  },
});

const filters: FilterTable<OptionSet, ActionContext> = {
  'dhcp-options-id': ({ id }) => id,
  'owner-id': (_set, { account }) => account,
  key: ({ spec }) => configurationsOf(spec).map(({ Key }) => Key),
  value: ({ spec }) => configurationsOf(spec).flatMap(({ Values }) => Values.map(({ Value }) => Value)),
};

export const describeDhcpOptions = define({
  action: 'DescribeDhcpOptions',
  supports: ['DhcpOptionsIds', 'Filters', 'MaxResults', 'NextToken'],
  handle(context, input) {
    const { cloud } = context;
    const usual = defaultOptions(context);
    const named = (id: string): OptionSet =>
      id === usual.id || id === 'default' ? usual : cloud.require('dhcp-options', id);
    const candidates = input.DhcpOptionsIds?.length
      ? [...new Set(input.DhcpOptionsIds)].map(named)
      : [usual, ...cloud.list('dhcp-options')];
    const { items, nextToken } = pageOf(
      filtered(
        candidates,
        matcher(input.Filters, filters, ({ tags }) => shownTags(tags), context),
      ),
      ({ id }) => id,
      input,
      `DescribeDhcpOptions ${ownerOf(context)}`,
    );
    return {
      DhcpOptions: items.map((set) => present(context, set)),
      ...(nextToken === undefined ? {} : { NextToken: nextToken }),
    };
  },
});

export const associateDhcpOptions = define({
  action: 'AssociateDhcpOptions',
  supports: ['DhcpOptionsId', 'VpcId'],
  async handle(context, { DhcpOptionsId: id, VpcId: vpcId }) {
    const { cloud } = context;
    cloud.require('vpc', vpcId);
    const usual = id === 'default' || id === defaultOptionsId(context);
    const dhcpOptionsId = usual ? null : cloud.require('dhcp-options', id).id;
    await cloud.update('vpc', vpcId, { spec: { dhcpOptionsId } });
    return undefined;
  },
});

export const deleteDhcpOptions = define({
  action: 'DeleteDhcpOptions',
  supports: ['DhcpOptionsId'],
  async handle(context, { DhcpOptionsId: id }) {
    if (id === defaultOptionsId(context)) {
      throw new AwsError(
        'DependencyViolation',
        `The dhcpOptions '${id}' is the default set and cannot be deleted`,
      );
    }
    context.cloud.require('dhcp-options', id);
    await context.cloud.remove('dhcp-options', id);
    return undefined;
  },
});
