import type { Action, Subfield } from 'node-openflow';
import { type StageName, tableOf } from './stages.ts';

type Zone = number | Subfield;

/**
 * Connections get another IPv4 address as their source or destination: the first packet records it in the zone, and all
 * later ones of its direction are translated alike. They go on in stage `next`.
 */
export function translate(
  side: 'source' | 'destination',
  address: number,
  zone: Zone,
  next: StageName,
): Action {
  const nat = { type: side, family: 4, address: [address] } as const;
  return { type: 'conntrack', commit: true, zone, nat, table: tableOf(next) };
}

/** Packets of recorded connections are translated; others pass as they are, and nothing is recorded of them. */
export function translateRecorded(zone: Zone, next: StageName): Action {
  return { type: 'conntrack', zone, nat: { type: 'none' }, table: tableOf(next) };
}
