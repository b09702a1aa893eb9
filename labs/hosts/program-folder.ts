import { type LabProgram, type ProgramSpecification, startProgram } from './program.ts';

/** Starts the programs of one lab in one directory, each under a name of its own, so that logs and pid files never mix. */
export class ProgramFolder {
  readonly directory: string;
  readonly #uses = new Map<string, number>();

  constructor(directory: string) {
    this.directory = directory;
  }

  /** The second program called `agent` becomes `agent-2`. */
  async start(specification: Omit<ProgramSpecification, 'directory'>): Promise<LabProgram> {
    const count = (this.#uses.get(specification.name) ?? 0) + 1;
    this.#uses.set(specification.name, count);
    const name = count === 1 ? specification.name : `${specification.name}-${count}`;
    return await startProgram({ ...specification, name, directory: this.directory });
  }
}
