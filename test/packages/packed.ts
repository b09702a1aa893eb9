/** A package of ours as others get it: compiled, packed, and installed into an empty project without a network. */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

const execute = promisify(execFile);
const repository = fileURLToPath(new URL('../../', import.meta.url));
/** The machine may be busy: what takes longer hangs. */
const limits = { timeout: 100_000, killSignal: 'SIGKILL' } as const;

/** Installed modules of the repository, from which a project may borrow types. */
const modules = join(repository, 'node_modules');

export interface PackedPackage {
  /** What is published. */
  readonly built: string;
  /** A project that depends on the package alone; the package's examples are in it. */
  readonly project: string;
  readonly remove: () => Promise<void>;
}

/** Runs a program in a folder; gives what it printed. */
export async function run(command: string, args: readonly string[], cwd: string): Promise<string> {
  const { stdout } = await execute(command, args, { ...limits, cwd });
  return stdout;
}

/** Runs the compiler of the repository in a folder. */
function compile(args: readonly string[], cwd: string): Promise<string> {
  return run(process.execPath, [join(modules, 'typescript/bin/tsc'), ...args], cwd);
}

/** Copies what package.json names, and compiles the sources as `npm run build` does. */
async function build(source: string, built: string): Promise<void> {
  const { files } = JSON.parse(await readFile(join(source, 'package.json'), 'utf8')) as { files: string[] };
  for (const name of ['package.json', ...files.filter((file) => file !== 'dist')]) {
    await cp(join(source, name), join(built, name), { recursive: true });
  }
  await compile(['-p', join(source, 'tsconfig.build.json'), '--outDir', join(built, 'dist')], source);
}

/**
 * @param name folder below `packages`
 * @throws Error when the package cannot be built, packed or installed by itself
 */
export async function installPacked(name: string): Promise<PackedPackage> {
  const source = join(repository, 'packages', name);
  const directory = await mkdtemp(join(tmpdir(), `${name}-package-`));
  const [built, project] = [join(directory, 'built'), join(directory, 'project')];
  const remove = () => rm(directory, { recursive: true, force: true });
  try {
    await build(source, built);
    const packed = await run('npm', ['pack', '--silent', '--pack-destination', directory], built);
    await cp(join(source, 'examples'), project, { recursive: true });
    await writeFile(join(project, 'package.json'), '{ "type": "module", "private": true }');
    const flags = ['--offline', '--no-audit', '--no-fund', '--silent'];
    await run('npm', ['install', ...flags, join(directory, packed.trim())], project);
  } catch (error) {
    await remove();
    throw error;
  }
  return { built, project, remove };
}

/** What publint complains about in what is published. */
export async function complaints({ built }: PackedPackage): Promise<(string | undefined)[]> {
  const { messages, pkg } = await publint({ pkgDir: built, pack: false, strict: true });
  return messages.map((message) => formatMessage(message, pkg));
}

/** Compiles a program strictly in the project, as its user would, and gives what it prints when it runs. */
export async function compileAndRun({ project }: PackedPackage, program: string): Promise<string> {
  await writeFile(join(project, 'consumer.ts'), program);
  await cp(join(modules, '@types'), join(project, 'node_modules/@types'), { recursive: true });
  await cp(join(modules, 'undici-types'), join(project, 'node_modules/undici-types'), { recursive: true });
  const options = ['--strict', '--module', 'nodenext', '--target', 'es2024', '--types', 'node'];
  await compile([...options, 'consumer.ts'], project);
  return run(process.execPath, ['consumer.js'], project);
}
