export { Southbound } from './southbound.ts';
export * from './types.ts';
