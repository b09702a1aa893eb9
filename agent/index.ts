export { type ExaminationOptions, examineHost } from './doctor/examine.ts';
export type { Finding } from './doctor/finding.ts';
export { AgentError, type AgentErrorCode, agentErrorCodes } from './errors.ts';
export type { AgentOptions, BridgeMapping, RunningAgent } from './options.ts';
export { runAgent } from './run.ts';
