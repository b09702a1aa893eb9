import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { exitStatus } from './command.ts';
import { LabError } from './errors.ts';
import { formatIdentity, processIdentity } from './process-identity.ts';
import type { Program } from './types.ts';

const keptLines = 500;
const maximumLineLength = 16_384;
const maximumLogBytes = 8 * 1024 * 1024;
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

/** A tracked process with its output. Create it with `startProgram`. */
export class LabProgram implements Program {
  readonly name: string;
  readonly logFile: string;
  readonly #specification: ProgramSpecification;
  readonly #logs: string[] = [];
  readonly #lineListeners = new Set<(line: string) => void>();
  readonly #exitListeners = new Set<() => void>();
  #currentRun: string[] = [];
  #child: ChildProcess | undefined;
  #exitCode: number | undefined;
  #startError: Error | undefined;
  #logDescriptor: number;
  #logBytes = 0;

  constructor(specification: ProgramSpecification) {
    this.#specification = specification;
    this.name = specification.name;
    this.logFile = join(specification.directory, `${specification.name}.log`);
    this.#logDescriptor = openSync(this.logFile, 'a', 0o600);
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  get running(): boolean {
    return this.#child?.pid !== undefined && this.#exitCode === undefined;
  }

  get exitCode(): number | undefined {
    return this.#exitCode;
  }

  get logs(): readonly string[] {
    return this.#logs;
  }

  /** Starts the process and waits until it is ready. Its standard input stays open for `write`. */
  async start(): Promise<void> {
    const { command, args, env, workingDirectory, ready } = this.#specification;
    this.#currentRun = [];
    this.#exitCode = undefined;
    const child = spawn(command, [...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
      // A process group of its own: signals reach helpers too, and Ctrl-C in a terminal leaves the order of ending to the lab.
      detached: true,
      env: { ...process.env, ...env },
      ...(workingDirectory === undefined ? {} : { cwd: workingDirectory }),
    });
    this.#child = child;
    child.stdin.on('error', () => undefined);
    this.#follow(child.stdout);
    this.#follow(child.stderr);
    child.on('error', (error) => {
      this.#startError = error;
      this.#ended(127);
    });
    child.on('exit', (code, signal) => this.#ended(exitStatus(code, signal)));
    this.#writePidFile();
    await ready?.(this);
  }

  /** Writes to standard input. */
  write(text: string): void {
    this.#child?.stdin?.write(text);
  }

  signal(signal: NodeJS.Signals): void {
    if (!this.running) return;
    process.kill(-this.pid, signal);
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

  /** Ends the process for good and closes its files. */
  async dispose(): Promise<void> {
    await this.stop();
    if (this.#logDescriptor >= 0) closeSync(this.#logDescriptor);
    this.#logDescriptor = -1;
  }

  async waitForLine(accepts: (line: string) => boolean, timeoutMs = defaultLineTimeoutMs): Promise<string> {
    const seen = this.#currentRun.find(accepts);
    if (seen !== undefined) return seen;
    return await new Promise<string>((resolve, reject) => {
      const finish = (): void => {
        clearTimeout(timer);
        this.#lineListeners.delete(onLine);
        this.#exitListeners.delete(onExit);
      };
      const fail = (what: string): void => {
        finish();
        const last = this.#currentRun.slice(-15).join('\n  ') || '(it printed nothing)';
        reject(
          new LabError(
            'not-ready',
            `${this.name}: ${what}; its last lines (all in ${this.logFile}):\n  ${last}`,
          ),
        );
      };
      const onLine = (line: string): void => {
        if (!accepts(line)) return;
        finish();
        resolve(line);
      };
      const onExit = (): void =>
        fail(
          this.#startError?.message ??
            `ended with status ${this.#exitCode} before it printed what was waited for`,
        );
      const timer = setTimeout(
        () => fail(`did not print what was waited for within ${timeoutMs} ms`),
        timeoutMs,
      );
      this.#lineListeners.add(onLine);
      this.#exitListeners.add(onExit);
      if (!this.running) onExit();
    });
  }

  #follow(stream: Readable): void {
    let rest = '';
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = (lines.pop() ?? '').slice(0, maximumLineLength);
      for (const line of lines) this.#keep(line.slice(0, maximumLineLength));
    });
    stream.on('end', () => {
      if (rest !== '') this.#keep(rest);
    });
  }

  #keep(line: string): void {
    for (const buffer of [this.#logs, this.#currentRun]) {
      buffer.push(line);
      if (buffer.length > keptLines) buffer.shift();
    }
    this.#log(`${line}\n`);
    for (const listener of [...this.#lineListeners]) listener(line);
  }

  #log(text: string): void {
    if (this.#logDescriptor < 0) return;
    this.#logBytes += writeSync(this.#logDescriptor, text);
    if (this.#logBytes < maximumLogBytes) return;
    // /run lives in memory: keep this much and as much again, not more.
    closeSync(this.#logDescriptor);
    renameSync(this.logFile, `${this.logFile}.1`);
    this.#logDescriptor = openSync(this.logFile, 'a', 0o600);
    this.#logBytes = 0;
  }

  #ended(code: number): void {
    if (this.#exitCode !== undefined) return;
    this.#exitCode = code;
    rmSync(this.#pidFile(), { force: true });
    for (const listener of [...this.#exitListeners]) listener();
  }

  async #exited(): Promise<void> {
    if (!this.running) return;
    await new Promise<void>((resolve) => {
      const listener = (): void => {
        this.#exitListeners.delete(listener);
        resolve();
      };
      this.#exitListeners.add(listener);
    });
  }

  #pidFile(): string {
    return join(this.#specification.directory, `${this.name}.pid`);
  }

  #writePidFile(): void {
    const identity = processIdentity(this.pid);
    if (identity !== undefined) writeFileSync(this.#pidFile(), formatIdentity(identity), { mode: 0o600 });
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
