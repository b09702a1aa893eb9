/**
 * A small tree laid out like this one, to try the import rules on: imports that must be allowed, and for every rule
 * one that it must find.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface Planted {
  file: string;
  imports: string;
}

export interface Forbidden extends Planted {
  /** The rule that must report it. */
  rule: string;
}

const take = (name: string) => `import { it } from '${name}';\nexport const used = it;\n`;
const takeType = (name: string) => `import type { It } from '${name}';\nexport type Used = It;\n`;
const load = (name: string) => `export const used = () => import('${name}');\n`;

/** Where every `exports` entry of the packages leads, and some rooms of the controller: each exports a name. */
const TARGETS = [
  'packages/node-openflow/src/index.ts',
  'packages/node-openflow/src/wire/reader.ts',
  'packages/ovsdb-client/src/index.ts',
  'controller/index.ts',
  'controller/resources/index.ts',
  'controller/reference/index.ts',
  'controller/topology/index.ts',
  'controller/compiler/index.ts',
  'controller/southbound/index.ts',
  'api/auth/index.ts',
  'api/contract/index.ts',
  'api/rest/index.ts',
  'agent/index.ts',
  'labs/hosts/index.ts',
  'test/property/harness.ts',
];

/** Imports that no rule may report. Each is one dependency. */
export const allowed: Planted[] = [
  { file: 'packages/ovsdb-client/src/replica.ts', imports: take('./index.ts') },
  { file: 'controller/topology/graph.ts', imports: take('../resources/index.ts') },
  { file: 'controller/compiler/compile.ts', imports: take('../topology/index.ts') },
  { file: 'controller/southbound/session.ts', imports: take('node-openflow') },
  { file: 'controller/main/run.ts', imports: take('../southbound/index.ts') },
  { file: 'controller/compiler/compile.test.ts', imports: take('../reference/index.ts') },
  { file: 'api/rest/server.ts', imports: take('@weft/controller') },
  { file: 'api/rest/access.ts', imports: take('../auth/index.ts') },
  { file: 'api/auth/key.ts', imports: takeType('@weft/controller') },
  { file: 'api/rest/schemas.ts', imports: take('@weft/controller/resources') },
  { file: 'api/aws/cloud.ts', imports: take('@weft/controller/resources') },
  { file: 'api/contract/types.ts', imports: takeType('@weft/controller/resources') },
  { file: 'api/cli/vpc.ts', imports: take('../contract/index.ts') },
  { file: 'api/cli/main.ts', imports: load('@weft/controller') },
  { file: 'agent/chassis.ts', imports: take('ovsdb-client') },
  { file: 'agent/report.ts', imports: take('@weft/api/contract') },
  { file: 'agent/responder.e2e.test.ts', imports: take('@weft/labs/hosts') },
  { file: 'labs/exercise.ts', imports: take('@weft/api/contract') },
  { file: 'test/property/judge.ts', imports: take('../../controller/reference/index.ts') },
];

/** Imports that must be reported, each by the rule named. */
export const forbidden: Forbidden[] = [
  {
    rule: 'package-alone-node-openflow',
    file: 'packages/node-openflow/src/a.ts',
    imports: takeType('@weft/controller'),
  },
  {
    rule: 'package-alone-ovsdb-client',
    file: 'packages/ovsdb-client/src/a.test.ts',
    imports: take('node-openflow'),
  },
  { rule: 'room-order-resources', file: 'controller/resources/a.ts', imports: take('../index.ts') },
  { rule: 'room-order-reference', file: 'controller/reference/a.ts', imports: take('../topology/index.ts') },
  { rule: 'room-order-store', file: 'controller/store/a.ts', imports: takeType('../topology/index.ts') },
  { rule: 'room-order-topology', file: 'controller/topology/a.ts', imports: take('../compiler/index.ts') },
  { rule: 'room-order-pipeline', file: 'controller/pipeline/a.ts', imports: take('../compiler/index.ts') },
  {
    rule: 'room-order-features',
    file: 'controller/features/nat/a.ts',
    imports: take('../../compiler/index.ts'),
  },
  { rule: 'room-order-compiler', file: 'controller/compiler/a.ts', imports: take('../southbound/index.ts') },
  { rule: 'room-order-southbound', file: 'controller/southbound/a.ts', imports: take('../main/run.ts') },
  { rule: 'room-order-cluster', file: 'controller/cluster/a.ts', imports: take('@weft/controller') },
  { rule: 'room-order-metrics', file: 'controller/metrics/a.ts', imports: take('../main/run.ts') },
  {
    rule: 'reference-stands-alone',
    file: 'controller/features/vpc/a.ts',
    imports: take('../../reference/index.ts'),
  },
  { rule: 'controller-knows-no-user', file: 'controller/main/a.ts', imports: take('@weft/api/rest') },
  {
    rule: 'rest-on-public-entries',
    file: 'api/rest/a.ts',
    imports: take('../../controller/topology/index.ts'),
  },
  { rule: 'auth-on-controller', file: 'api/auth/a.ts', imports: takeType('../rest/index.ts') },
  { rule: 'aws-on-public-entries', file: 'api/aws/a.ts', imports: take('../rest/index.ts') },
  { rule: 'contract-on-types', file: 'api/contract/a.ts', imports: takeType('@weft/controller') },
  { rule: 'contract-on-types-only', file: 'api/contract/b.ts', imports: take('@weft/controller/resources') },
  { rule: 'cli-on-contract', file: 'api/cli/a.ts', imports: take('@weft/controller') },
  { rule: 'cli-on-contract', file: 'api/cli/commands/a.ts', imports: load('@weft/agent') },
  {
    rule: 'launcher-on-contract-and-programs',
    file: 'api/cli/commands/agent.ts',
    imports: load('@weft/labs/hosts'),
  },
  { rule: 'launcher-loads-lazily', file: 'api/cli/commands/controller.ts', imports: take('@weft/api/rest') },
  { rule: 'agent-on-packages-and-contract', file: 'agent/a.ts', imports: take('@weft/controller') },
  { rule: 'labs-on-contract', file: 'labs/a.ts', imports: takeType('@weft/controller/resources') },
  {
    rule: 'packages-by-entry',
    file: 'controller/southbound/b.ts',
    imports: take('../../packages/node-openflow/src/wire/reader.ts'),
  },
  { rule: 'no-test-code-in-product', file: 'agent/b.ts', imports: take('./responder.e2e.test.ts') },
  { rule: 'no-circular', file: 'agent/c.ts', imports: take('./g.ts') },
  { rule: 'not-to-unresolvable', file: 'agent/d.ts', imports: take('./nowhere.ts') },
  { rule: 'declared-dependencies', file: 'agent/e.ts', imports: take('undeclared') },
  { rule: 'no-development-dependencies', file: 'agent/f.ts', imports: take('for-development') },
];

/** The other half of a circle. */
const AIDS: Planted[] = [{ file: 'agent/g.ts', imports: `${take('./c.ts')}export { it };\n` }];

/** Where npm puts the workspaces' links, and where they lead. */
const WORKSPACES: Record<string, string> = {
  'node-openflow': 'packages/node-openflow',
  'ovsdb-client': 'packages/ovsdb-client',
  '@weft/controller': 'controller',
  '@weft/agent': 'agent',
  '@weft/api': 'api',
  '@weft/labs': 'labs',
};

function write(root: string, file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}

function writeNpmPackage(root: string, name: string): void {
  const manifest = { name, version: '1.0.0', type: 'module', exports: './index.js' };
  write(root, `node_modules/${name}/package.json`, JSON.stringify(manifest));
  write(root, `node_modules/${name}/index.js`, 'export const it = 1;\n');
}

/** Lays the tree out under a temporary folder, with the real rules, settings and manifests. */
function layOut(repository: string, root: string): void {
  for (const file of ['.dependency-cruiser.cjs', 'tsconfig.json'])
    cpSync(join(repository, file), join(root, file));
  const manifest = { name: 'planted', devDependencies: { 'for-development': '1.0.0' } };
  write(root, 'package.json', JSON.stringify(manifest));
  for (const [name, folder] of Object.entries(WORKSPACES)) {
    mkdirSync(join(root, folder), { recursive: true });
    cpSync(join(repository, folder, 'package.json'), join(root, folder, 'package.json'));
    mkdirSync(dirname(join(root, 'node_modules', name)), { recursive: true });
    symlinkSync(join(root, folder), join(root, 'node_modules', name));
  }
  writeNpmPackage(root, 'undeclared');
  writeNpmPackage(root, 'for-development');
  for (const target of TARGETS) write(root, target, 'export const it = 1;\nexport type It = typeof it;\n');
  for (const { file, imports } of allowed) write(root, file, imports);
}

/** Adds every forbidden import to a tree. */
export function plantForbidden(root: string): void {
  for (const { file, imports } of [...AIDS, ...forbidden]) write(root, file, imports);
}

/**
 * Makes a tree with nothing but allowed imports, gives it to `use`, and removes it.
 * @param repository the real repository, for its rules and manifests
 */
export function withPlantedTree<Result>(repository: string, use: (root: string) => Result): Result {
  const root = mkdtempSync(join(tmpdir(), 'weft-imports-'));
  try {
    layOut(repository, root);
    return use(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}
