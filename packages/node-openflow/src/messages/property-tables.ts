import { controllerProperties } from '../actions/controller.ts';
import type { Property } from '../wire/property-table.ts';
import { asyncProperties } from './async.ts';
import { bundleProperties } from './bundle.ts';
import { flushProperties, tupleProperties } from './conntrack-flush.ts';
import { bucketProperties, groupProperties } from './group.ts';
import { packetInProperties } from './packet.ts';
import { portProperties } from './port.ts';
import { portModProperties } from './port-mod.ts';
import { portStatisticsProperties } from './port-statistics.ts';
import { queueProperties } from './queue.ts';
import { helloElements } from './session.ts';
import { bundleFeatureProperties, controllerProperties as statusProperties } from './switch-status.ts';
import { tableProperties } from './table.ts';

/** A table, and the first version that has its structure in this form. */
interface Registered {
  readonly table: { readonly structure: string; readonly properties: readonly Property[] };
  readonly since: 4 | 5 | 6;
}

/** The properties of every structure that has any. */
export const propertyTables: readonly Registered[] = [
  { table: helloElements, since: 4 },
  { table: asyncProperties, since: 5 },
  { table: bundleProperties, since: 6 },
  { table: tupleProperties, since: 4 },
  { table: flushProperties, since: 4 },
  { table: bucketProperties, since: 6 },
  { table: groupProperties, since: 6 },
  { table: packetInProperties, since: 4 },
  { table: portProperties, since: 5 },
  { table: portModProperties, since: 5 },
  { table: portStatisticsProperties, since: 5 },
  { table: queueProperties, since: 4 },
  { table: statusProperties, since: 6 },
  { table: bundleFeatureProperties, since: 6 },
  { table: tableProperties, since: 5 },
  { table: controllerProperties, since: 4 },
];
