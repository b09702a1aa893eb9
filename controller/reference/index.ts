export { afterChange, type Connection, type Connections, noConnections } from './connections.ts';
export { type DropReason, dropReasons } from './drop-reasons.ts';
export { type Evaluation, evaluate } from './evaluate.ts';
export { answerTo, servicesMac } from './host-services.ts';
export type * from './outcome.ts';
export type * from './packet.ts';
export { broadcastMac, discovery, isIcmp } from './packet.ts';
export { indexResources, type ModelledKind, type Resources } from './resources.ts';
export { holderAfter } from './shared-addresses.ts';
