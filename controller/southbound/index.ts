export { type ListenAddress, Southbound } from './southbound.ts';
export * from './types.ts';
