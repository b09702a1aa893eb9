import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from './errors.ts';
import { labsDirectory, namespacePrefix } from './names.ts';
import { listNamespaces, neighbourNamespaces, removeNamespaces } from './namespaces.ts';
import {
  formatIdentity,
  isRunning,
  type ProcessIdentity,
  processIdentity,
  readIdentity,
  sendSignal,
  waitUntilGone,
} from './process-identity.ts';

const ownerFile = 'owner';
const cleanerFile = 'cleaner';
export const programsFolder = 'programs';

/**
 * Makes the directory of a lab and writes down that this process owns it. Returns the directory.
 * Throws `name-taken` when a lab of this name is there.
 */
export async function claimLab(name: string): Promise<string> {
  const directory = join(labsDirectory, name);
  await mkdir(labsDirectory, { recursive: true, mode: 0o700 });
  try {
    await mkdir(directory, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const owner = readIdentity(join(directory, ownerFile));
    throw new LabError(
      'name-taken',
      `lab ${name}: there already (${directory}, process ${owner?.pid ?? 'unknown'}); choose another name`,
    );
  }
  await writeFile(join(directory, ownerFile), formatIdentity(ownIdentity()), { mode: 0o600 });
  await mkdir(join(directory, programsFolder), { mode: 0o700 });
  return directory;
}

/**
 * Removes the labs whose owner is dead: their processes, namespaces and directories, and nothing of a lab that lives.
 * Returns their names. Safe to run at any time and by several processes at once.
 */
export async function cleanupStaleLabs(log?: (message: string) => void): Promise<string[]> {
  const removed: string[] = [];
  for (const name of await labNames()) {
    if (!(await claimForCleaning(name))) continue;
    log?.(`removing what an ended process left of lab ${name}`);
    await removeRemains(name);
    removed.push(name);
  }
  return removed;
}

/** Ends every process and removes every namespace and file of a lab. */
export async function removeRemains(name: string): Promise<void> {
  const directory = join(labsDirectory, name);
  const programs = await recordedPrograms(join(directory, programsFolder));
  for (const program of programs) sendSignal(program, 'SIGKILL');
  await waitUntilGone(programs);
  const own = listNamespaces().filter((namespace) => namespace.startsWith(namespacePrefix(name)));
  await removeNamespaces([...own, ...(await neighbourNamespaces(own))]);
  await rm(directory, { recursive: true, force: true });
}

async function labNames(): Promise<string[]> {
  try {
    return await readdir(labsDirectory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** True when the lab's owner is dead and no other living process cleans it. */
async function claimForCleaning(name: string): Promise<boolean> {
  const directory = join(labsDirectory, name);
  const owner = readIdentity(join(directory, ownerFile));
  if (owner === undefined ? !(await isOld(directory)) : isRunning(owner)) return false;
  const cleaner = join(directory, cleanerFile);
  const earlier = readIdentity(cleaner);
  if (earlier !== undefined && !isRunning(earlier)) await rm(cleaner, { force: true });
  try {
    await writeFile(cleaner, formatIdentity(ownIdentity()), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' || code === 'ENOENT') return false;
    throw error;
  }
}

/** A directory without an owner is a lab that is just being made or removed, until it is older than 10 s. */
async function isOld(directory: string): Promise<boolean> {
  try {
    return Date.now() - (await stat(directory)).mtimeMs > 10_000;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

async function recordedPrograms(folder: string): Promise<ProcessIdentity[]> {
  try {
    const files = (await readdir(folder)).filter((file) => file.endsWith('.pid'));
    const identities = files.map((file) => readIdentity(join(folder, file)));
    return identities.filter((identity) => identity !== undefined);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function ownIdentity(): ProcessIdentity {
  const identity = processIdentity(process.pid);
  if (identity === undefined) {
    throw new LabError('requirement-missing', `/proc/${process.pid}/stat cannot be read; is /proc mounted?`);
  }
  return identity;
}
