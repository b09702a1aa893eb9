import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const directoryName = 'weft-instances';
const instanceId = /^i-[0-9a-f]{17}$/;

/**
 * One empty file for every instance that the agent began to start, written before anything else is made: so that
 * nothing stays behind when the agent dies in the middle. Like namespaces, the directory does not outlive the machine.
 */
export class Markers {
  #directory: string;
  constructor(runDirectory: string) {
    this.#directory = join(runDirectory, directoryName);
  }

  async add(instance: string): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    await writeFile(join(this.#directory, instance), '');
  }

  async remove(instance: string): Promise<void> {
    await rm(join(this.#directory, instance), { force: true });
  }

  async list(): Promise<string[]> {
    const names = await readdir(this.#directory).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    return names.filter((name) => instanceId.test(name));
  }
}
