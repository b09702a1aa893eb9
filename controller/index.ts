export type * from './controller.ts';
export { type ControllerOptions, type RunningController, runController } from './main/run.ts';
export { SingleWrites } from './main/single-writes.ts';
export { type ErrorCode, errorCodes, kinds, WeftError } from './resources/index.ts';
export { type Change, type Commit, StoreCompacted } from './store/index.ts';
