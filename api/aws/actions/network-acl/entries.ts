import type { NetworkAclEntry as Entry } from '@weft/controller/resources';
import type { ActionContext } from '../../context.ts';
import { define } from '../../define.ts';
import { AwsError } from '../../errors.ts';
import type { CreateNetworkAclEntryRequest } from '../../model/generated/types.ts';
import { protocolOf } from '../protocols.ts';
import { canonicalBlock } from '../vpc/canonical-block.ts';

const largestNumber = 32766;

function portsOf(protocol: Entry['protocol'], input: CreateNetworkAclEntryRequest) {
  const { PortRange: ports, IcmpTypeCode: icmp } = input;
  if (protocol === 'icmp' || protocol === 'icmpv6') {
    const [type, code] = [icmp?.Type, icmp?.Code];
    if (type === undefined || code === undefined) {
      throw new AwsError('MissingParameter', 'An entry for ICMP needs a type and a code; -1 is any');
    }
    return { ...(type < 0 ? {} : { icmpType: type }), ...(code < 0 ? {} : { icmpCode: code }) };
  }
  if (protocol !== 'tcp' && protocol !== 'udp') return {};
  if (ports?.From === undefined || ports.To === undefined) {
    throw new AwsError('MissingParameter', 'An entry for TCP or UDP needs a range of ports');
  }
  return { fromPort: ports.From, toPort: ports.To };
}

function entryOf(input: CreateNetworkAclEntryRequest): Entry {
  const { RuleNumber: number, CidrBlock: block, Ipv6CidrBlock: ipv6Block } = input;
  if (number < 1 || number > largestNumber) {
    throw new AwsError(
      'InvalidParameterValue',
      `Invalid value '${number}' for ruleNumber. It must be between 1 and ${largestNumber}.`,
    );
  }
  if ((block === undefined) === (ipv6Block === undefined)) {
    throw new AwsError('MissingParameter', 'An entry needs one of cidrBlock and ipv6CidrBlock');
  }
  const protocol = protocolOf(input.Protocol);
  if (protocol === undefined) {
    throw new AwsError(
      'InvalidParameterValue',
      `Invalid value '${input.Protocol.slice(0, 50)}' for IP protocol.`,
    );
  }
  return {
    number,
    direction: input.Egress ? 'egress' : 'ingress',
    action: input.RuleAction,
    protocol,
    ...(block === undefined
      ? { cidrIpv6: canonicalBlock(ipv6Block as string) }
      : { cidrIpv4: canonicalBlock(block) }),
    ...portsOf(protocol, input),
  };
}

/** Changes the entries of an ACL as they are at the moment of the commit. */
async function changeEntries(
  { cloud }: ActionContext,
  id: string,
  change: (entries: readonly Entry[]) => Entry[],
): Promise<void> {
  cloud.require('network-acl', id);
  await cloud.transaction((batch) => {
    const { spec } = batch.read('network-acl', id);
    batch.update('network-acl', id, { spec: { entries: change(spec.entries) } });
  });
}

interface Place {
  readonly RuleNumber: number;
  readonly Egress: boolean;
}

const isAt =
  ({ RuleNumber: number, Egress: egress }: Place) =>
  (entry: Entry) =>
    entry.number === number && (entry.direction === 'egress') === egress;

const notFound = ({ RuleNumber: number, Egress: egress }: Place) =>
  new AwsError(
    'InvalidNetworkAclEntry.NotFound',
    `There is no ${egress ? 'egress' : 'ingress'} entry of number ${number}`,
  );

const place = ['NetworkAclId', 'RuleNumber', 'Egress'];
const entry = [...place, 'Protocol', 'RuleAction', 'CidrBlock', 'Ipv6CidrBlock', 'PortRange', 'IcmpTypeCode'];
const refusals = { 'already-exists': 'NetworkAclEntryAlreadyExists' } as const;

export const createNetworkAclEntry = define({
  action: 'CreateNetworkAclEntry',
  supports: entry,
  refusals,
  async handle(context, input) {
    const added = entryOf(input);
    await changeEntries(context, input.NetworkAclId, (entries) => {
      const beside = entries.filter(({ direction }) => direction === added.direction).length;
      if (beside >= 40) {
        throw new AwsError(
          'NetworkAclEntryLimitExceeded',
          'A network ACL has at most 40 entries a direction',
        );
      }
      return [...entries, added];
    });
    return undefined;
  },
});

export const replaceNetworkAclEntry = define({
  action: 'ReplaceNetworkAclEntry',
  supports: entry,
  refusals,
  async handle(context, input) {
    const replacement = entryOf(input);
    await changeEntries(context, input.NetworkAclId, (entries) => {
      if (!entries.some(isAt(input))) throw notFound(input);
      return entries.map((each) => (isAt(input)(each) ? replacement : each));
    });
    return undefined;
  },
});

export const deleteNetworkAclEntry = define({
  action: 'DeleteNetworkAclEntry',
  supports: place,
  async handle(context, input) {
    await changeEntries(context, input.NetworkAclId, (entries) => {
      const kept = entries.filter((each) => !isAt(input)(each));
      if (kept.length === entries.length) throw notFound(input);
      return kept;
    });
    return undefined;
  },
});
