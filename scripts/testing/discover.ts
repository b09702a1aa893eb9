/** Finds the repository's test files. */
import { globSync } from 'node:fs';

export interface TestFiles {
  /** Tests that need nothing but Node (and, some of them, the OVS tools). */
  unit: string[];
  /** Tests that build networks out of namespaces and real switches. */
  network: string[];
}

const ROOMS = ['packages', 'controller', 'agent', 'api', 'labs', 'test', 'scripts'];
const NOT_TESTS = /(^|\/)(node_modules|dist)\//;
const NETWORK = /\.e2e\.test\.ts$|^labs\/|^test\/e2e\//;

/**
 * @param root the repository's root folder
 * @param patterns parts of paths; a file counts when one of them is in its path. None: all files.
 * @returns paths below `root`, sorted
 */
export function findTestFiles(root: string, patterns: readonly string[] = []): TestFiles {
  const wanted = globSync(`{${ROOMS.join(',')}}/**/*.test.ts`, {
    cwd: root,
    // Keeps the search out of folders that may hold many thousands of files.
    exclude: (path) => path.endsWith('node_modules') || path.endsWith('dist'),
  })
    .filter((path) => !NOT_TESTS.test(path))
    .filter((path) => patterns.length === 0 || patterns.some((pattern) => path.includes(pattern)))
    .sort();
  return {
    unit: wanted.filter((path) => !NETWORK.test(path)),
    network: wanted.filter((path) => NETWORK.test(path)),
  };
}
