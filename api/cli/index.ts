export type { Io } from './command.ts';
export type { Launchers } from './launch.ts';
export { createProgram, runCli } from './program.ts';
