/** Runs dependency-cruiser and reads what it found. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Violation {
  rule: string;
  /** Paths below the cruised root. */
  from: string;
  to: string;
}

export interface CruiseResult {
  violations: Violation[];
  /** Modules of ours that were read. */
  modules: number;
  /** Imports seen among modules of ours. */
  dependencies: number;
}

/** The parts of dependency-cruiser's JSON report that count here. */
interface Report {
  modules: { source: string; dependencies: { resolved: string }[] }[];
  summary: { violations: { rule: { name: string }; from: string; to: string }[] };
}

/** The folders with code, at most: a young tree or a planted one lacks some. */
const ROOMS = ['packages', 'controller', 'agent', 'api', 'labs', 'test', 'scripts'];

const CRUISER = fileURLToPath(
  new URL('../../node_modules/dependency-cruiser/bin/dependency-cruiser.mjs', import.meta.url),
);
const TIMEOUT_MS = 120_000;
const OUTPUT_LIMIT_BYTES = 256 * 1024 * 1024;

const isOurs = (path: string) => !path.includes('node_modules/') && path.endsWith('.ts');

/**
 * Checks a tree against the `.dependency-cruiser.cjs` in its root.
 * @param root folder with the configuration, a tsconfig.json and rooms like those of this repository
 */
export function cruise(root: string): CruiseResult {
  const rooms = ROOMS.filter((room) => existsSync(join(root, room)));
  const run = spawnSync(
    process.execPath,
    [CRUISER, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', ...rooms],
    { cwd: root, encoding: 'utf8', timeout: TIMEOUT_MS, maxBuffer: OUTPUT_LIMIT_BYTES },
  );
  // The exit code counts violations; a report that cannot be read is a failure of the tool.
  if (run.error !== undefined) throw run.error;
  if (!run.stdout.startsWith('{')) {
    throw new Error(`dependency-cruiser gave no report: ${run.stderr.trim()}${run.stdout.trim()}`);
  }
  const report = JSON.parse(run.stdout) as Report;
  const ours = report.modules.filter((module) => isOurs(module.source));
  return {
    violations: report.summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to })),
    modules: ours.length,
    dependencies: ours.flatMap((module) => module.dependencies).filter(({ resolved }) => isOurs(resolved))
      .length,
  };
}
