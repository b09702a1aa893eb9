import type { FieldMatch } from 'node-openflow';
import { on, type Scope } from '../../pipeline/index.ts';
import type { ResourceOf } from '../../resources/index.ts';

/** Every flow of VPC scope has this match, so that one delete by metadata removes the whole scope. */
export function vpcMatch(vpc: ResourceOf<'vpc'>): FieldMatch {
  return on('metadata', BigInt(vpc.number as number));
}
export function vpcScope(vpc: ResourceOf<'vpc'>): Scope {
  return { type: 'vpc', id: vpc.id, number: vpc.number as number };
}
