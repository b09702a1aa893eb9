import type { AgentOptions, RunningAgent } from './options.ts';

export { AgentError, type AgentErrorCode, agentErrorCodes } from './errors.ts';
export type { AgentOptions, BridgeMapping, RunningAgent } from './options.ts';

/**
 * Prepares Open vSwitch of this host, registers it at the controller and answers for it. Resolves when the host is
 * registered, connected and its first full report is accepted.
 * @throws AgentError a line that says what is wrong and what to do
 */
export declare function runAgent(options: AgentOptions): Promise<RunningAgent>;
