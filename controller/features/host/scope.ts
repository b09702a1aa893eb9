import type { Scope } from '../../pipeline/index.ts';
import type { ResourceOf } from '../../resources/index.ts';

/** The scope of what only this host has. */
export function hostScope(host: ResourceOf<'host'>): Scope {
  return { type: 'host', id: host.id, number: host.number as number };
}
