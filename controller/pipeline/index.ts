export { ports } from 'node-openflow';
export * from './cookie.ts';
export * from './feature.ts';
export * from './flow.ts';
export * from './networks.ts';
export * from './registers.ts';
export * from './responders.ts';
export * from './scope.ts';
export * from './stages.ts';
