import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { exitStatus } from './command.ts';
import { LabError } from './errors.ts';
import { LogFile } from './log-file.ts';
import { formatIdentity, processIdentity } from './process-identity.ts';
import type { Program } from './types.ts';

const keptLines = 500;
const maximumLineLength = 16_384;
const graceMs = 5_000;
const defaultLineTimeoutMs = 10_000;

export interface ProgramSpecification {
  /** Unique in the lab; names the log file and the pid file. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly workingDirectory?: string | undefined;
  /** Where `<name>.log` and `<name>.pid` go. */
  readonly directory: string;
  /** Resolves when the program does its work; run after every start. */
  readonly ready?: (program: Program) => Promise<void>;
}

/** One run of a program, from its start to its end. */
interface Run {
  readonly child: ChildProcess;
  /** The last lines of this run. */
  readonly lines: string[];
  exitCode: number | undefined;
  /** No line will come any more: the process is gone and its output is read. */
  silent: boolean;
}

/** A tracked process with its output. Create it with `startProgram`. */
export class LabProgram implements Program {
  readonly name: string;
  readonly #specification: ProgramSpecification;
  readonly #logs: string[] = [];
  readonly #logFile: LogFile;
  readonly #events = new EventEmitter<{ line: [string]; exit: []; silent: [] }>();
  #run: Run | undefined;

  constructor(specification: ProgramSpecification) {
    this.#specification = specification;
    this.name = specification.name;
    // One for each wait under way; a lab of many hosts has many orders at its relay.
    this.#events.setMaxListeners(1_000);
    this.#logFile = new LogFile(join(specification.directory, `${specification.name}.log`));
  }

  get pid(): number {
    return this.#run?.child.pid ?? 0;
  }

  get running(): boolean {
    return this.#run !== undefined && this.#run.exitCode === undefined;
  }

  get exitCode(): number | undefined {
    return this.#run?.exitCode;
  }

  get logs(): readonly string[] {
    return this.#logs;
  }

  get logFile(): string {
    return this.#logFile.path;
  }

  /** Starts the process and waits until it is ready. Throws `requirement-missing` when there is no such command. */
  async start(): Promise<void> {
    const { command, args, env, workingDirectory, ready } = this.#specification;
    const child = spawn(command, [...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
      // A process group of its own: signals reach helpers too, and Ctrl-C in a terminal leaves the order of ending to the lab.
      detached: true,
      env: { ...process.env, ...env },
      ...(workingDirectory === undefined ? {} : { cwd: workingDirectory }),
    });
    const run: Run = { child, lines: [], exitCode: undefined, silent: false };
    // A program that ends without reading its input is no error here.
    child.stdin.on('error', () => undefined);
    this.#follow(run, child.stdout);
    this.#follow(run, child.stderr);
    child.on('exit', (code, signal) => this.#ended(run, exitStatus(code, signal)));
    child.on('close', () => this.#silent(run));
    await spawned(child, command);
    this.#run = run;
    this.#writePidFile();
    await ready?.(this);
  }

  /** Writes to standard input. */
  write(text: string): void {
    this.#run?.child.stdin?.write(text);
  }

  signal(signal: NodeJS.Signals): void {
    if (!this.running) return;
    try {
      process.kill(-this.pid, signal);
    } catch (error) {
      // It ended, and this process was not told yet.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }

  async stop(): Promise<void> {
    this.signal('SIGTERM');
    const timer = setTimeout(() => this.signal('SIGKILL'), graceMs);
    await this.#exited();
    clearTimeout(timer);
  }

  async kill9(): Promise<void> {
    this.signal('SIGKILL');
    await this.#exited();
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Ends the process for good and closes its log. */
  async dispose(): Promise<void> {
    await this.stop();
    this.#logFile.close();
  }

  async waitForLine(accepts: (line: string) => boolean, timeoutMs = defaultLineTimeoutMs): Promise<string> {
    const seen = this.#run?.lines.find(accepts);
    if (seen !== undefined) return seen;
    if (this.#run?.silent !== false) throw this.#notReady(this.#endedEarly());
    return await new Promise<string>((resolve, reject) => {
      const finish = (): void => {
        clearTimeout(timer);
        this.#events.off('line', onLine).off('silent', onSilent);
      };
      const onLine = (line: string): void => {
        if (!accepts(line)) return;
        finish();
        resolve(line);
      };
      const onSilent = (): void => {
        finish();
        reject(this.#notReady(this.#endedEarly()));
      };
      const timer = setTimeout(() => {
        finish();
        reject(this.#notReady(`did not print what was waited for within ${timeoutMs} ms`));
      }, timeoutMs);
      this.#events.on('line', onLine).on('silent', onSilent);
    });
  }

  #follow(run: Run, stream: Readable): void {
    let rest = '';
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = (lines.pop() ?? '').slice(0, maximumLineLength);
      for (const line of lines) this.#keep(run, line.slice(0, maximumLineLength));
    });
    stream.on('end', () => {
      if (rest !== '') this.#keep(run, rest);
    });
  }

  #keep(run: Run, line: string): void {
    for (const buffer of [this.#logs, run.lines]) {
      buffer.push(line);
      if (buffer.length > keptLines) buffer.shift();
    }
    this.#logFile.append(`${line}\n`);
    // The last words of an earlier run must not be taken for the next one's.
    if (run === this.#run) this.#events.emit('line', line);
  }

  #ended(run: Run, code: number): void {
    run.exitCode = code;
    rmSync(this.#pidFile(), { force: true });
    this.#events.emit('exit');
  }

  #silent(run: Run): void {
    run.silent = true;
    if (run === this.#run) this.#events.emit('silent');
  }

  async #exited(): Promise<void> {
    if (this.running) await once(this.#events, 'exit');
  }

  #endedEarly(): string {
    return `ended with status ${this.exitCode} before it printed what was waited for`;
  }

  #notReady(what: string): LabError {
    const last = this.#run?.lines.slice(-15).join('\n  ') || '(it printed nothing)';
    return new LabError(
      'not-ready',
      `${this.name}: ${what}; its last lines (all in ${this.logFile}):\n  ${last}`,
    );
  }

  #pidFile(): string {
    return join(this.#specification.directory, `${this.name}.pid`);
  }

  #writePidFile(): void {
    const identity = processIdentity(this.pid);
    if (identity !== undefined) writeFileSync(this.#pidFile(), formatIdentity(identity), { mode: 0o600 });
  }
}

async function spawned(child: ChildProcess, command: string): Promise<void> {
  try {
    await once(child, 'spawn');
  } catch (error) {
    const message = `${command}: ${(error as Error).message}; is it installed?`;
    throw new LabError('requirement-missing', message, { cause: error });
  }
}

/** Starts a program and waits until it is ready; ends it again when it does not become so. */
export async function startProgram(specification: ProgramSpecification): Promise<LabProgram> {
  const program = new LabProgram(specification);
  try {
    await program.start();
  } catch (error) {
    await program.dispose();
    throw error;
  }
  return program;
}
