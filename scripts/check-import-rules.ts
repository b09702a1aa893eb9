/**
 * Checks who imports whom, and that the check itself sees: `npm run imports`.
 *
 * A tool that cannot read a file, for example because the compiler it relies on has moved on, reports nothing, and
 * nothing looks like a clean tree. So the rules are first tried on a small tree with one planted violation for
 * each of them.
 */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { type CruiseResult, cruise, type Violation } from './imports/cruise.ts';
import { allowed, forbidden, plantForbidden, withPlantedTree } from './imports/planted.ts';

const repository = fileURLToPath(new URL('..', import.meta.url));

/** Below it the real tree was not read: it has many more imports than files. */
const LEAST_DEPENDENCIES_PER_MODULE = 1;

interface Rules {
  forbidden: { name: string }[];
}

function format({ rule, from, to }: Violation): string {
  return `${rule}: ${from} → ${to}`;
}

/** @returns what is wrong with the findings in the tree of allowed imports */
function problemsOfAllowed(result: CruiseResult): string[] {
  const problems = result.violations.map((violation) => `allowed, yet reported: ${format(violation)}`);
  if (result.dependencies !== allowed.length) {
    problems.push(`${allowed.length} planted imports, but ${result.dependencies} were seen`);
  }
  return problems;
}

/** @returns what is wrong with the findings in the tree of forbidden imports */
function problemsOfForbidden(result: CruiseResult): string[] {
  const found = new Set(result.violations.map(({ rule, from }) => `${rule}: ${from}`));
  return forbidden
    .map(({ rule, file }) => `${rule}: ${file}`)
    .filter((expected) => !found.has(expected))
    .map((expected) => `planted, but not found: ${expected}`);
}

/** @returns the names of rules that no planted import tries */
function untriedRules(): string[] {
  const rules = createRequire(import.meta.url)('../.dependency-cruiser.cjs') as Rules;
  const tried = new Set(forbidden.map(({ rule }) => rule));
  return rules.forbidden.map(({ name }) => name).filter((name) => !tried.has(name));
}

function problemsOfRealTree(result: CruiseResult): string[] {
  const problems = result.violations.map(format);
  if (result.modules === 0 || result.dependencies < result.modules * LEAST_DEPENDENCIES_PER_MODULE) {
    problems.push(
      `only ${result.dependencies} imports seen in ${result.modules} modules: dependency-cruiser does not read the sources`,
    );
  }
  return problems;
}

const problems = withPlantedTree(repository, (root) => {
  const before = problemsOfAllowed(cruise(root));
  plantForbidden(root);
  return [...before, ...problemsOfForbidden(cruise(root))];
});
problems.push(...untriedRules().map((name) => `rule ${name} has no planted violation: add one`));

const real = cruise(repository);
problems.push(...problemsOfRealTree(real));

for (const problem of problems) console.error(problem);
if (problems.length > 0) {
  console.error(`import rules: ${problems.length} problems; the rules are in .dependency-cruiser.cjs`);
  process.exitCode = 1;
} else {
  console.log(
    `import rules: ${forbidden.length} planted violations found; ` +
      `${real.modules} modules, ${real.dependencies} imports, none against the rules`,
  );
}
