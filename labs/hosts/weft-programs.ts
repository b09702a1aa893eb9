import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { WeftClient } from '@weft/api/contract';
import { LabError } from './errors.ts';
import type { OvsHost } from './host.ts';
import type { LabProgram, ProgramSpecification } from './program.ts';
import type { ProgramFolder } from './program-folder.ts';
import type { AgentOptions, AgentProgram, ControllerOptions, ControllerProgram, Program } from './types.ts';

const defaultReadyTimeoutMs = 30_000;
/** Below the range from which the kernel takes ports for outgoing connections (ip_local_port_range). */
const freePorts = { first: 20_000, count: 12_000 };

/** Starts `weft controller` in the root namespace and waits until its health answers. */
export async function startController(
  folder: ProgramFolder,
  surroundings: { readonly command: string; readonly labDirectory: string },
  options: ControllerOptions,
): Promise<ControllerProgram & LabProgram> {
  const apiPort = await takePort('apiPort', options.apiPort);
  const openflowPort = await takePort('openflowPort', options.openflowPort);
  const state = options.stateDirectory ?? join(surroundings.labDirectory, 'controller');
  await mkdir(state, { recursive: true, mode: 0o700 });
  const apiUrl = `${options.authority === undefined ? 'http' : 'https'}://127.0.0.1:${apiPort}`;
  const access = options.authority === undefined ? {} : { tls: { ca: options.authority } };
  const program = await folder.start({
    name: 'controller',
    command: surroundings.command,
    args: [
      'controller',
      ...['--api', `127.0.0.1:${apiPort}`, '--openflow', `127.0.0.1:${openflowPort}`],
      ...['--store', `sqlite:${join(state, 'store.sqlite')}`],
      ...(options.args ?? []),
    ],
    env: options.env,
    ready: async (started) => {
      const client = new WeftClient({ url: apiUrl, timeoutMs: 2_000, access });
      const timeoutMs = options.readyTimeoutMs ?? defaultReadyTimeoutMs;
      await waitForHealth(started, client, timeoutMs).finally(() => client.close());
    },
  });
  return Object.assign(program, { apiPort, openflowPort, apiUrl });
}

/** Starts `weft agent` in the host's namespace and waits until it says that it is ready. */
export async function startAgent(
  host: OvsHost,
  command: string,
  controller: string,
  options: AgentOptions,
): Promise<AgentProgram> {
  const mapping =
    host.externalBridge === undefined ? [] : ['--bridge-mapping', `external=${host.externalBridge}`];
  const specification: Omit<ProgramSpecification, 'directory'> = {
    name: `${host.name}-agent`,
    command,
    args: [
      'agent',
      ...['--controller', controller, '--ovsdb', host.ovsdbEndpoint, '--host', host.name],
      ...['--tunnel-ip', host.tunnelAddress, ...mapping, '--zone', host.zone, '--compute', 'netns'],
      ...(options.args ?? []),
    ],
    env: { ...host.environment, ...options.env },
    ready: async (program) => {
      const timeoutMs = options.readyTimeoutMs ?? defaultReadyTimeoutMs;
      await program.waitForLine((line) => line.includes('agent ready'), timeoutMs);
    },
  };
  return Object.assign(await host.startProgram(specification), { host });
}

/** The launcher of this checkout or installation: bin/weft in the nearest folder above. */
export function findWeftCommand(): string {
  let folder = import.meta.dirname;
  for (;;) {
    const candidate = join(folder, 'bin', 'weft');
    if (existsSync(candidate)) return candidate;
    if (dirname(folder) === folder) {
      throw new LabError('requirement-missing', `bin/weft is in no folder above ${import.meta.dirname}`);
    }
    folder = dirname(folder);
  }
}

async function waitForHealth(program: Program, client: WeftClient, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let last = 'no answer';
  while (program.running && Date.now() < deadline) {
    try {
      await client.health();
      return;
    } catch (error) {
      // Nobody listens yet; the reason is shown if that stays so.
      last = (error as Error).message;
    }
    await delay(30);
  }
  const state = program.running
    ? `not healthy after ${timeoutMs} ms (${last})`
    : `ended with status ${program.exitCode}`;
  const lines = program.logs.slice(-15).join('\n  ') || '(it printed nothing)';
  throw new LabError(
    'not-ready',
    `${program.name}: ${state}; its last lines (all in ${program.logFile}):\n  ${lines}`,
  );
}

/** The port asked for, or a free one. Whoever listens on it would answer for the controller that could not start. */
async function takePort(what: string, wanted: number | undefined): Promise<number> {
  if (wanted === undefined) return await findFreePort();
  if (await isFree(wanted)) return wanted;
  throw new LabError(
    'port-in-use',
    `${what}: 127.0.0.1:${wanted} is in use; end what listens there or choose another`,
  );
}

/** A TCP port of 127.0.0.1 on which nothing listens. */
async function findFreePort(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const port = freePorts.first + Math.floor(Math.random() * freePorts.count);
    if (await isFree(port)) return port;
  }
  throw new LabError('not-ready', 'no free TCP port on 127.0.0.1 among 50 tried between 20000 and 32000');
}

async function isFree(port: number): Promise<boolean> {
  return await new Promise<boolean>((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
