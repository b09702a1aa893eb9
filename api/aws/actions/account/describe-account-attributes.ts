import type { ActionContext } from '../../context.ts';
import { define } from '../../define.ts';

function defaultVpcOf({ cloud }: ActionContext): string {
  for (const vpc of cloud.list('vpc')) if (vpc.spec.isDefault) return vpc.id;
  return 'none';
}

const attributes: Readonly<Record<string, (context: ActionContext) => readonly string[]>> = {
  'supported-platforms': () => ['VPC'],
  'default-vpc': (context) => [defaultVpcOf(context)],
  'max-instances': () => ['1000'],
  'vpc-max-security-groups-per-interface': () => ['16'],
  'max-elastic-ips': () => ['1000'],
  'vpc-max-elastic-ips': () => ['1000'],
};

export const describeAccountAttributes = define({
  action: 'DescribeAccountAttributes',
  supports: ['AttributeNames'],
  handle(context, { AttributeNames: wanted }) {
    const names = wanted?.length ? wanted : Object.keys(attributes);
    return {
      AccountAttributes: names.map((name) => ({
        AttributeName: name,
        AttributeValues: (attributes[name]?.(context) ?? []).map((value) => ({ AttributeValue: value })),
      })),
    };
  },
});
