import { basename } from 'node:path';
import { execute, insideNamespace, run } from './command.ts';
import { LabError } from './errors.ts';
import * as peer from './peer.ts';
import { ping } from './ping.ts';
import type { LabProgram, ProgramSpecification } from './program.ts';
import type { ProgramFolder } from './program-folder.ts';
import type {
  CommandResult,
  ConnectOptions,
  ConnectResult,
  EchoServer,
  ExecOptions,
  Node,
  OpenConnection,
  PingOptions,
  PingResult,
  Program,
  SpawnOptions,
} from './types.ts';

/** What hosts and machines have in common: a namespace, commands and programs inside it. */
export class NamespaceNode implements Node {
  readonly name: string;
  readonly namespace: string;
  readonly #folder: ProgramFolder;
  readonly #programs = new Set<LabProgram>();

  constructor(name: string, namespace: string, folder: ProgramFolder) {
    this.name = name;
    this.namespace = namespace;
    this.#folder = folder;
  }

  async exec(
    command: string,
    args: readonly string[] = [],
    options: ExecOptions = {},
  ): Promise<CommandResult> {
    return await execute(...insideNamespace(this.namespace, command, args), options);
  }

  async run(command: string, args: readonly string[] = [], options: ExecOptions = {}): Promise<string> {
    return await run(...insideNamespace(this.namespace, command, args), options);
  }

  async spawn(command: string, args: readonly string[] = [], options: SpawnOptions = {}): Promise<Program> {
    const { name = basename(command), env, workingDirectory } = options;
    return await this.startProgram({ name: `${this.name}-${name}`, command, args, env, workingDirectory });
  }

  async ping(address: string, options: PingOptions = {}): Promise<PingResult> {
    return await ping(this, address, options);
  }

  async tcpListen(port: number): Promise<EchoServer> {
    return await this.#listen('tcp', port);
  }

  async udpListen(port: number): Promise<EchoServer> {
    return await this.#listen('udp', port);
  }

  async tcpConnect(address: string, port: number, options: ConnectOptions = {}): Promise<ConnectResult> {
    return await peer.exchangeOnce(this, 'tcp', address, port, options);
  }

  async udpExchange(address: string, port: number, options: ConnectOptions = {}): Promise<ConnectResult> {
    return await peer.exchangeOnce(this, 'udp', address, port, options);
  }

  async tcpOpen(address: string, port: number, options: ConnectOptions = {}): Promise<OpenConnection> {
    return await this.#open('tcp', address, port, options);
  }

  async udpOpen(address: string, port: number, options: ConnectOptions = {}): Promise<OpenConnection> {
    return await this.#open('udp', address, port, options);
  }

  /** Starts a program inside the namespace that ends with this node. */
  async startProgram(specification: Omit<ProgramSpecification, 'directory'>): Promise<LabProgram> {
    const [command, args] = insideNamespace(this.namespace, specification.command, specification.args);
    const program = await this.#folder.start({ ...specification, command, args });
    this.#programs.add(program);
    return program;
  }

  /** Ends one program of this node for good. */
  async endProgram(program: LabProgram): Promise<void> {
    this.#programs.delete(program);
    await program.dispose();
  }

  /** Ends every program that was started in this node. */
  async endPrograms(): Promise<void> {
    await Promise.all([...this.#programs].map((program) => this.endProgram(program)));
  }

  async #listen(transport: peer.Transport, port: number): Promise<EchoServer> {
    const program = await this.startProgram({
      name: `${this.name}-${transport}-${port}`,
      ...peer.serverCommand(transport, port, this.namespace),
      ready: async (started) => {
        await started.waitForLine((line) => line === 'listening');
      },
    });
    return { port, close: () => this.endProgram(program) };
  }

  async #open(
    transport: peer.Transport,
    address: string,
    port: number,
    options: ConnectOptions,
  ): Promise<OpenConnection> {
    const program = await this.startProgram({
      name: `${this.name}-${transport}-client`,
      ...peer.clientCommand(transport, address, port, options.timeoutMs),
    });
    let next = 0;
    const answer = async (): Promise<ConnectResult> => {
      const number = next;
      next += 1;
      const line = await program.waitForLine(
        (text) => peer.parseAnswer(text)?.number === number,
        peer.patience(options.timeoutMs),
      );
      return (peer.parseAnswer(line) as peer.NumberedAnswer).result;
    };
    const close = (): Promise<void> => this.endProgram(program);
    const first = await answer();
    if (!first.connected) {
      await close();
      throw new LabError(
        'not-ready',
        `${this.name}: no ${transport} connection to ${address}:${port}: ${first.error}`,
      );
    }
    const exchange = async (message: string): Promise<ConnectResult> => {
      program.write(`${message}\n`);
      return await answer();
    };
    return { exchange, close };
  }
}
