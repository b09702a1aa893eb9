import { layout } from '../wire/layout.ts';
import type { OpticalConfiguration, OpticalPortFeatures, OpticalPortStatistics } from './port-types.ts';

/** Property 1 of a port's description. */
export const opticalFeatures = layout<OpticalPortFeatures>(
  ['pad', 4],
  ['u32', 'supported'],
  ['u32', 'sentMinimumFrequency'],
  ['u32', 'sentMaximumFrequency'],
  ['u32', 'sentGrid'],
  ['u32', 'receivedMinimumFrequency'],
  ['u32', 'receivedMaximumFrequency'],
  ['u32', 'receivedGrid'],
  ['u16', 'minimumPower'],
  ['u16', 'maximumPower'],
);

/** Property 1 of a port's statistics. */
export const opticalStatistics = layout<OpticalPortStatistics>(
  ['pad', 4],
  ['u32', 'flags'],
  ['u32', 'sentFrequency'],
  ['u32', 'sentOffset'],
  ['u32', 'sentGridSpan'],
  ['u32', 'receivedFrequency'],
  ['u32', 'receivedOffset'],
  ['u32', 'receivedGridSpan'],
  ['u16', 'sentPower'],
  ['u16', 'receivedPower'],
  ['u16', 'biasCurrent'],
  ['u16', 'temperature'],
);

/** Property 1 of a port modification. */
export const opticalConfiguration = layout<OpticalConfiguration>(
  ['u32', 'configure'],
  ['u32', 'frequency'],
  ['u32', 'offset'],
  ['u32', 'gridSpan'],
  ['u32', 'power'],
);
