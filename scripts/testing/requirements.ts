/** What tests of real networks need of the machine. */
import { spawnSync } from 'node:child_process';

const COMMANDS: [command: string, argument: string][] = [
  ['ovsdb-server', '--version'],
  ['ovs-vswitchd', '--version'],
  ['ip', '-Version'],
];
const COMMAND_TIMEOUT_MS = 10_000;

function works(command: string, args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore', timeout: COMMAND_TIMEOUT_MS }).status === 0;
}

/** @returns what is missing and what to do, or undefined when real networks can be built here */
export function missingForRealNetworks(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root: run it as root';
  const missing = COMMANDS.filter(([command, argument]) => !works(command, [argument])).map(([name]) => name);
  if (missing.length > 0) return `needs ${missing.join(', ')}: run 'npm run setup' as root`;
  if (!works('unshare', ['--net', 'true'])) {
    return 'needs network namespaces, which this environment forbids: give it the capability CAP_SYS_ADMIN';
  }
  return undefined;
}
