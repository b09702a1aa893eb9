import { channel } from 'node:diagnostics_channel';

/** Everything that keeps an agent from starting or that it reports of its host, in one place: code → meaning. */
export const agentErrorCodes = {
  'not-root': 'The agent has to manage network namespaces and is not root.',
  'relative-socket-path': 'The OVSDB socket is not given as an absolute path.',
  'wrong-endpoint': 'The OVSDB endpoint is not a unix socket.',
  'ovsdb-unreachable': 'The OVSDB socket is missing or ovsdb-server does not answer on it.',
  'vswitchd-down':
    'ovs-vswitchd does not carry out what the database says, or does not answer at the socket of br-int.',
  'wrong-controller-address': 'The address of the controller is not an http(s) URL.',
  'credentials-unreadable': 'The token or a certificate for the controller cannot be read.',
  'controller-unreachable': 'The controller does not answer at its address.',
  'registration-refused': 'The controller refuses what the host says of itself.',
  'wrong-tunnel-address': 'The tunnel address is not an IPv4 address that a tunnel can end at.',
  'wrong-host-name': 'The name of the host or of its zone has characters that names must not have.',
  'wrong-bridge-mapping': 'A bridge mapping cannot be used: bad network name, or named twice.',
  'bridge-missing': 'The bridge of a bridge mapping does not exist.',
  'port-failed': 'Open vSwitch could not make a port that the agent needs.',
  'command-failed': 'A command that sets up an instance failed.',
  'instance-failed': 'An instance could not be started.',
  'services-failed': 'DNS and metadata for instances could not be started on this host.',
  'wrong-dns-server': 'The address of a DNS server for other names is none.',
  'malformed-packet': 'A packet from the switch cannot be answered because it is not well-formed.',
} as const;
export type AgentErrorCode = keyof typeof agentErrorCodes;

/** Tells those who want to know of every error that is made. */
const errorsMade = channel('weft:error');

/** Says on one line what is wrong, with which value, and what to do about it. */
export class AgentError extends Error {
  readonly code: AgentErrorCode;
  readonly value: unknown;
  readonly fix: string;
  constructor(
    code: AgentErrorCode,
    problem: string,
    { value, fix, cause }: { value?: unknown; fix: string; cause?: unknown },
  ) {
    super(`${problem}. ${fix}`, cause === undefined ? {} : { cause });
    this.name = 'AgentError';
    this.code = code;
    this.value = value;
    this.fix = fix;
    errorsMade.publish(this);
  }
}

/** The text of anything that was thrown. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
