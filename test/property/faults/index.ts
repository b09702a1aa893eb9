import { borderFaults } from './borders.ts';
import type { Fault } from './fault.ts';
import { groupFaults } from './groups.ts';
import { insideFaults } from './inside.ts';
import { ipv6Faults } from './ipv6.ts';
import { outsideFaults } from './outside.ts';
import { prefixListFaults } from './prefix-lists.ts';

export type { Fault } from './fault.ts';

/** Faults that the property test must find, every one. */
export const faults: readonly Fault[] = [
  ...insideFaults,
  ...groupFaults,
  ...borderFaults,
  ...prefixListFaults,
  ...outsideFaults,
  ...ipv6Faults,
];
