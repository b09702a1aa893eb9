import type { GroupDescription } from '../messages/group-meter-types.ts';
import type { FormatOptions } from '../text/context.ts';
import type { FlowTables } from './flow-tables.ts';
import type { Meters } from './meters.ts';
import type { TlvTable } from './tlv-table.ts';
import type { SimulatedPort } from './types.ts';

/** What a packet on its way can see of the switch. */
export interface SwitchState {
  readonly tables: FlowTables;
  readonly groups: ReadonlyMap<number, GroupDescription>;
  readonly meters: Meters;
  readonly tunnelOptions: TlvTable;
  /** Undefined when every port number is a port. */
  readonly ports: ReadonlyMap<number, SimulatedPort> | undefined;
  /** Seconds on the simulator's clock. */
  readonly now: number;
  /** For the text of the trace. */
  readonly names: FormatOptions;
}
