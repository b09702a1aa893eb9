export { Compiler } from './compiler.ts';
export { markerKind } from './scope-state.ts';
export type * from './types.ts';
