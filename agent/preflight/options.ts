import { isIPv4 } from 'node:net';
import { dirname, isAbsolute, resolve } from 'node:path';
import { AgentError } from '../errors.ts';
import type { AgentOptions, BridgeMapping } from '../options.ts';

const namePattern = /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/;
const longestName = 63;
const unixPrefix = 'unix:';

/** Options that can only be right, with defaults filled in. */
export interface CheckedOptions extends AgentOptions {
  /** Absolute path of the ovsdb socket. */
  readonly ovsdbSocket: string;
  readonly runDirectory: string;
  readonly startTimeoutMs: number;
}

/**
 * Looks at what can be judged without touching anything.
 * @throws AgentError for the first thing that is wrong
 */
export function checkOptions(options: AgentOptions, userId = process.getuid?.()): CheckedOptions {
  checkName(options.host, 'host');
  checkName(options.zone, 'zone');
  checkTunnelAddress(options.tunnelIp);
  checkController(options.controller);
  checkMappings(options.bridgeMappings);
  const ovsdbSocket = checkEndpoint(options.ovsdb);
  if (options.compute === 'netns' && userId !== 0) {
    throw new AgentError('not-root', `the netns compute driver needs root, and this is user ${userId}`, {
      value: userId,
      fix: 'Start the agent as root (sudo weft agent …), or leave --compute out.',
    });
  }
  return {
    ...options,
    ovsdbSocket,
    runDirectory: options.runDirectory ?? dirname(ovsdbSocket),
    startTimeoutMs: options.startTimeoutMs ?? 10_000,
  };
}

function checkName(name: string, what: 'host' | 'zone'): void {
  if (namePattern.test(name) && name.length <= longestName) return;
  throw new AgentError('wrong-host-name', `${JSON.stringify(name)} cannot be the name of a ${what}`, {
    value: name,
    fix: `Give --${what} letters, digits, dots, dashes and underscores, a letter or digit first and last, at most ${longestName}.`,
  });
}

function checkTunnelAddress(address: string): void {
  const first = Number(address.split('.')[0]);
  const problem = !isIPv4(address)
    ? 'is not an IPv4 address'
    : first === 0 || first >= 224
      ? 'is not the address of one host'
      : first === 127
        ? 'is the loopback address, which no other host can reach'
        : undefined;
  if (!problem) return;
  throw new AgentError('wrong-tunnel-address', `the tunnel address ${JSON.stringify(address)} ${problem}`, {
    value: address,
    fix: 'Give --tunnel-ip an IPv4 address of this host that the other hosts reach.',
  });
}

function checkController(text: string): void {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && (url.protocol === 'http:' || url.protocol === 'https:') && url.hostname !== '') return;
  throw new AgentError('wrong-controller-address', `${JSON.stringify(text)} is not the URL of a controller`, {
    value: text,
    fix: 'Give it as --controller http://HOST:PORT.',
  });
}

function checkEndpoint(endpoint: string): string {
  if (!endpoint.startsWith(unixPrefix)) {
    throw new AgentError('wrong-endpoint', `${JSON.stringify(endpoint)} is not a unix socket`, {
      value: endpoint,
      fix: 'The agent works with the Open vSwitch of its own host: --ovsdb unix:/var/run/openvswitch/db.sock.',
    });
  }
  const path = endpoint.slice(unixPrefix.length);
  if (isAbsolute(path)) return path;
  throw new AgentError('relative-socket-path', `the socket path in ${JSON.stringify(endpoint)} is relative`, {
    value: endpoint,
    fix: `Open vSwitch would look for it in another directory; give it as unix:${resolve(path)}.`,
  });
}

function checkMappings(mappings: readonly BridgeMapping[]): void {
  const seen = new Set<string>();
  for (const { network, bridge } of mappings) {
    const problem = !namePattern.test(network)
      ? `${JSON.stringify(network)} cannot be the name of a network`
      : bridge === '' || bridge === 'br-int'
        ? `${JSON.stringify(bridge)} cannot be the bridge of network ${network}`
        : seen.has(network)
          ? `network ${network} has two bridges`
          : undefined;
    if (problem) {
      throw new AgentError('wrong-bridge-mapping', problem, {
        value: { network, bridge },
        fix: 'Give each network one bridge that leads to it: --bridge-mapping NETWORK=BRIDGE.',
      });
    }
    seen.add(network);
  }
}
