import { flowSamples } from './flow-samples.ts';
import { groupSamples } from './group-samples.ts';
import { packetSamples } from './packet-samples.ts';
import type { MessageSample } from './sample.ts';
import { sessionSamples } from './session-samples.ts';
import { switchSamples } from './switch-samples.ts';

/** Messages of every type, with all that they can say. */
export const messageSamples: readonly MessageSample[] = [
  ...sessionSamples,
  ...packetSamples,
  ...flowSamples,
  ...switchSamples,
  ...groupSamples,
];
