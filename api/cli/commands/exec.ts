import { spawn } from 'node:child_process';
import { access } from 'node:fs/promises';
import { constants } from 'node:os';
import type { Command } from 'commander';
import type { ApiResource } from '../../contract/index.ts';
import { type Io, readingCommand } from '../command.ts';
import { CliError } from '../errors.ts';
import { resolve } from '../names.ts';

const namespaces = '/run/netns';

/** `weft exec INSTANCE -- COMMAND…`: runs a command in the instance, as its own user would. */
export function addExecCommand(program: Command, io: Io): void {
  const exec = program
    .command('exec')
    .description(
      'run a command in an instance on this machine (netns driver), e.g. weft exec web -- ping 10.0.1.5',
    )
    .argument('<instance>')
    .argument('<command...>')
    .passThroughOptions();
  readingCommand(exec, io, async (session, _options, text, ...words) => {
    // Everything after the instance is passed through, the separator too.
    const command = words[0] === '--' ? words.slice(1) : words;
    if (command.length === 0) {
      throw new CliError('usage', 'the command to run is missing', { fix: 'Give it after the instance.' });
    }
    const namespace = await namespaceOf(await resolve(session.client, 'instance', text));
    session.progress.end();
    io.setExitCode(await runInside(namespace, command));
  });
}

async function namespaceOf({ id, spec, status }: ApiResource<'instance'>): Promise<string> {
  const refuse = (why: string, fix: string) => new CliError('cannot-enter', `${id} ${why}`, { fix });
  if (status.state !== 'running') {
    throw refuse(`is ${status.state}`, 'Wait until it runs: weft instance list shows its state.');
  }
  // A name from outside becomes part of a path: one that could lead elsewhere is refused.
  if (status.driver !== 'netns' || !/^[\w-][\w.-]*$/.test(status.namespace ?? '')) {
    throw refuse('is no network namespace', 'Only instances of the netns driver can be entered.');
  }
  const path = `${namespaces}/${status.namespace}`;
  const isHere = await access(path).then(
    () => true,
    () => false,
  );
  if (!isHere) {
    throw refuse(
      `runs on host ${spec.hostId}, which is not on this machine`,
      `Run the command on ${spec.hostId}.`,
    );
  }
  if (process.getuid?.() !== 0) throw refuse('can be entered by root only', 'Run it with sudo.');
  return path;
}

/** Exit code of the command; 128 + number when a signal ended it, as shells do. */
async function runInside(path: string, command: readonly string[]): Promise<number> {
  const { promise, resolve: finish, reject } = Promise.withResolvers<number>();
  // A terminal sends Ctrl-C to both processes; it is the command's business, and its exit code has to be passed on.
  const ignore = () => undefined;
  process.on('SIGINT', ignore);
  // The name servers of this machine are seldom reachable from inside: without limits, ping would wait 10 s for the
  // name of whoever answers (resolv.conf(5)). Whoever sets limits of their own keeps them.
  const env = { RES_OPTIONS: 'timeout:1 attempts:1', ...process.env };
  const child = spawn('nsenter', [`--net=${path}`, '--', ...command], { stdio: 'inherit', env });
  child.once('error', (cause) => {
    const fix = 'Install util-linux, which has nsenter.';
    reject(new CliError('cannot-enter', `nsenter cannot be run: ${cause.message}`, { fix, cause }));
  });
  child.once('exit', (code, signal) => finish(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  return promise.finally(() => process.off('SIGINT', ignore));
}
