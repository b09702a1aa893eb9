import { flowSamples } from './flow-samples.ts';
import { groupSamples } from './group-samples.ts';
import { monitorSamples } from './monitor-samples.ts';
import { niciraSamples } from './nicira-samples.ts';
import { packetSamples } from './packet-samples.ts';
import { portSamples } from './port-samples.ts';
import { queueSamples } from './queue-samples.ts';
import type { MessageSample } from './sample.ts';
import { sessionSamples } from './session-samples.ts';
import { statusSamples } from './status-samples.ts';
import { switchSamples } from './switch-samples.ts';
import { tableSamples } from './table-samples.ts';

/** Messages of every type, with all that they can say. */
export const messageSamples: readonly MessageSample[] = [
  ...sessionSamples,
  ...packetSamples,
  ...flowSamples,
  ...switchSamples,
  ...groupSamples,
  ...portSamples,
  ...tableSamples,
  ...queueSamples,
  ...monitorSamples,
  ...statusSamples,
  ...niciraSamples,
];
