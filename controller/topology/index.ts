export { activePeers, type Peer, peerOver, withPeers } from './peers.ts';
export { type Snapshot, Topology } from './topology.ts';
export type { TopologyView } from './view.ts';
