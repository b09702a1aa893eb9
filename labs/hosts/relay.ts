import { join } from 'node:path';
import { LabError } from './errors.ts';
import { type LabProgram, startProgram } from './program.ts';

const answerTimeoutMs = 15_000;

/** One running relay.py: leads ports of namespaces' loopback to ports of the root namespace's loopback. */
export class Relay {
  readonly #program: LabProgram;
  #orders = 0;

  private constructor(program: LabProgram) {
    this.#program = program;
  }

  /** `directory` takes the log and the pid file. */
  static async start(directory: string): Promise<Relay> {
    const script = join(import.meta.dirname, 'relay.py');
    const args = ['-I', script];
    return new Relay(await startProgram({ name: 'relay', command: '/usr/bin/python3', args, directory }));
  }

  /** Opens 127.0.0.1:port in the namespace. Throws `command-failed` when it cannot, such as when the port is in use there. */
  async open(namespace: string, port: number, target: number): Promise<void> {
    await this.#order({ namespace, port, target });
  }

  /** Closes every port opened in the namespace; established connections go on. */
  async closeAll(namespace: string): Promise<void> {
    await this.#order({ namespace });
  }

  async stop(): Promise<void> {
    await this.#program.dispose();
  }

  async #order(order: Readonly<Record<string, string | number>>): Promise<void> {
    this.#orders += 1;
    const id = this.#orders;
    const answered = this.#program.waitForLine((line) => answerTo(line, id) !== undefined, answerTimeoutMs);
    this.#program.write(`${JSON.stringify({ ...order, id })}\n`);
    const error = answerTo(await answered, id)?.error;
    if (error !== undefined) throw new LabError('command-failed', `relay: ${error}`);
  }
}

function answerTo(line: string, id: number): { error?: string } | undefined {
  if (!line.startsWith('{')) return undefined;
  const answer = JSON.parse(line) as { id: number; error?: string };
  return answer.id === id ? answer : undefined;
}
