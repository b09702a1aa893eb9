export { type SimulationErrorCode, simulationErrors } from '../errors.ts';
export { SimulationError } from './errors.ts';
export { packet } from './packet.ts';
export { decodePacket } from './packet-decode.ts';
export { encodePacket } from './packet-encode.ts';
export { FlowTableSimulator, type InjectOptions } from './simulator.ts';
export { formatTrace } from './trace-text.ts';
export type * from './types.ts';
