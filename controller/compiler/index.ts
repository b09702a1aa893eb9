export { Compiler } from './compiler.ts';
export { overwrites } from './places.ts';
export { markerKind } from './scope-state.ts';
export type * from './types.ts';
