export type { Lookup } from './lookup.ts';
export { activePeers, type Peer, peerOver, withPeers } from './peers.ts';
export { type Snapshot, Topology } from './topology.ts';
export type { ListView, TopologyView } from './view.ts';
