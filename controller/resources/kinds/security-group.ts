import Type, { type Static } from 'typebox';
import { closed, Id } from './common.ts';
import { defineKind } from './define.ts';

const vpcId = Id('vpc');
const name = Type.String({ minLength: 1, maxLength: 255 });
const description = Type.Optional(Type.String({ maxLength: 255 }));
export const SecurityGroupSpec = Type.Object({ vpcId, name, description }, closed);
export type SecurityGroupSpec = Static<typeof SecurityGroupSpec>;

/** A set of interfaces with common rules. Its rules are resources of their own. */
export const securityGroup = defineKind<SecurityGroupSpec, Record<string, never>>({
  name: 'security-group',
  prefix: 'sg',
  path: 'security-groups',
  numbered: false,
  quota: 2500,
  description: 'A set of interfaces that share rules.',
  spec: SecurityGroupSpec,
  create: Type.Object(
    {
      vpcId,
      name,
      description,
      defaultRules: Type.Optional(
        Type.Boolean({ description: 'false: it begins without rules; absent: it lets everything out' }),
      ),
    },
    closed,
  ),
  update: Type.Object({ description }, closed),
  references: (spec) => [{ type: 'in-vpc', kind: 'vpc', id: spec.vpcId }],
});
