export { type Snapshot, Topology } from './topology.ts';
export type { TopologyView } from './view.ts';
