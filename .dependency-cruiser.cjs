/**
 * Who may import whom. The direction of data is the direction of imports:
 *
 *   packages/*   nothing of ours: each is published on its own
 *   controller/  a room imports only rooms that stand before it in ROOMS; the composition root puts them together
 *   api/         rest and aws stand on the controller's public entry; contract on its types; the CLI on the contract alone
 *   agent/       the two packages and the contract
 *   labs/        the contract
 *
 * scripts/check-import-rules.ts runs this, and proves that every rule finds what it forbids.
 */

/** The controller's rooms, in order. */
const ROOMS = [
  'resources',
  'reference',
  'store',
  'topology',
  'pipeline',
  'features',
  'compiler',
  'southbound',
  'cluster',
  'metrics',
];

const OURS = '^(packages|controller|agent|api|labs|test|scripts)/(?!node_modules/)';
const PACKAGES = '^packages/';
/** Tests stand beside the code and may reach further: a test of the CLI starts a server. */
const TESTS = ['\\.test\\.ts$', '\\.test-[a-z]+\\.ts$', '^(controller|agent|api|labs)/.*/testing/'];
/** The controller as others see it. */
const CONTROLLER_ENTRIES = '^controller/(index|resources/index)\\.ts$';
const CONTRACT_ENTRY = '^api/contract/index\\.ts$';
/** The commands `weft controller` and `weft agent` reach the programs that they start, by dynamic import. */
const LAUNCHER = '^api/cli/(main|commands/controller|commands/agent)\\.ts$';
const LAUNCHED = ['^controller/index\\.ts$', '^agent/index\\.ts$', '^api/(auth|aws|rest)/index\\.ts$'];

/** One rule a room: its imports among the controller's rooms stop at those before it. */
const roomRules = ROOMS.map((room, index) => ({
  name: `room-order-${room}`,
  comment: `controller/${room} imports only rooms before it: ${ROOMS.slice(0, index).join(', ') || 'none'}`,
  severity: 'error',
  from: { path: `^controller/${room}/`, pathNot: TESTS },
  to: { path: '^controller/', pathNot: `^controller/(${ROOMS.slice(0, index + 1).join('|')})/` },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...['node-openflow', 'ovsdb-client'].map((name) => ({
      name: `package-alone-${name}`,
      comment: `packages/${name} is published on its own and imports nothing of ours`,
      severity: 'error',
      from: { path: `^packages/${name}/` },
      to: { path: OURS, pathNot: `^packages/${name}/` },
    })),
    ...roomRules,
    {
      name: 'reference-stands-alone',
      comment: 'the reference model is the independent judge of what compiles flows: neither knows the other',
      severity: 'error',
      from: { path: '^controller/(pipeline|features|compiler)/', pathNot: TESTS },
      to: { path: '^controller/reference/' },
    },
    {
      name: 'controller-knows-no-user',
      comment: 'the controller imports only the packages besides itself',
      severity: 'error',
      from: { path: '^controller/', pathNot: TESTS },
      to: { path: OURS, pathNot: ['^controller/', PACKAGES] },
    },
    {
      name: 'rest-on-public-entries',
      comment: 'api/rest imports @weft/controller, @weft/controller/resources, api/auth and api/contract',
      severity: 'error',
      from: { path: '^api/rest/', pathNot: TESTS },
      to: { path: OURS, pathNot: ['^api/(rest|contract)/', '^api/auth/index\\.ts$', CONTROLLER_ENTRIES] },
    },
    {
      name: 'auth-on-controller',
      comment:
        'api/auth imports @weft/controller and @weft/controller/resources: it knows no protocol but HTTP',
      severity: 'error',
      from: { path: '^api/auth/', pathNot: TESTS },
      to: { path: OURS, pathNot: ['^api/auth/', CONTROLLER_ENTRIES] },
    },
    {
      name: 'aws-on-public-entries',
      comment:
        'api/aws imports @weft/controller, @weft/controller/resources and api/auth, and nothing of the REST API',
      severity: 'error',
      from: { path: '^api/aws/', pathNot: TESTS },
      to: { path: OURS, pathNot: ['^api/aws/', '^api/auth/index\\.ts$', CONTROLLER_ENTRIES] },
    },
    {
      name: 'contract-on-types',
      comment: 'api/contract imports nothing of ours but types of @weft/controller/resources',
      severity: 'error',
      from: { path: '^api/contract/', pathNot: TESTS },
      to: { path: OURS, pathNot: ['^api/contract/', '^controller/resources/index\\.ts$'] },
    },
    {
      name: 'contract-on-types-only',
      comment: 'what api/contract takes of @weft/controller/resources is erased: import type',
      severity: 'error',
      from: { path: '^api/contract/', pathNot: TESTS },
      to: { path: '^controller/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'cli-on-contract',
      comment: 'api/cli imports only api/contract; its launcher may load the programs it starts',
      severity: 'error',
      from: { path: '^api/cli/', pathNot: [...TESTS, LAUNCHER] },
      to: { path: OURS, pathNot: ['^api/(cli|contract)/'] },
    },
    {
      name: 'launcher-on-contract-and-programs',
      comment: 'the launcher imports api/contract and the entries of the programs it starts',
      severity: 'error',
      from: { path: LAUNCHER },
      to: { path: OURS, pathNot: ['^api/(cli|contract)/', ...LAUNCHED] },
    },
    {
      name: 'launcher-loads-lazily',
      comment: 'programs are loaded when they are started, so that every other command starts fast',
      severity: 'error',
      from: { path: LAUNCHER },
      to: { path: LAUNCHED, dynamic: false, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'agent-on-packages-and-contract',
      comment: 'the agent imports node-openflow, ovsdb-client and @weft/api/contract',
      severity: 'error',
      from: { path: '^agent/', pathNot: TESTS },
      to: { path: OURS, pathNot: ['^agent/', '^packages/[^/]+/src/(testing/)?index\\.ts$', CONTRACT_ENTRY] },
    },
    {
      name: 'labs-on-contract',
      comment: 'labs use the API like everybody else: @weft/api/contract',
      severity: 'error',
      from: { path: '^labs/', pathNot: TESTS },
      to: { path: OURS, pathNot: ['^labs/', CONTRACT_ENTRY] },
    },
    {
      name: 'packages-by-entry',
      comment: 'a package is used as its users will: by its exports',
      severity: 'error',
      from: { pathNot: [PACKAGES, '^(test|scripts)/'] },
      to: { path: PACKAGES, pathNot: '^packages/[^/]+/src/(testing/)?index\\.ts$' },
    },
    {
      name: 'no-test-code-in-product',
      comment: 'what runs imports no tests',
      severity: 'error',
      from: { path: '^(packages|controller|agent|api|labs)/', pathNot: TESTS },
      to: { path: [...TESTS, '^test/'] },
    },
    {
      name: 'no-circular',
      comment:
        'two modules that need each other are one, or hide a third. Types may refer to each other, as a message ' +
        'that carries messages does: they are erased',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'not-to-unresolvable',
      comment: 'this import leads nowhere',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'declared-dependencies',
      comment:
        'an npm package that is imported stands in the package.json beside the code, or above it for tests',
      severity: 'error',
      from: { pathNot: TESTS },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-development-dependencies',
      comment: 'what runs in production uses no development dependency',
      severity: 'error',
      from: { path: '^(packages/[^/]+/src|controller|agent|api)/', pathNot: TESTS },
      to: {
        dependencyTypes: ['npm-dev'],
        dependencyTypesNot: ['type-only', 'npm'],
        pathNot: 'node_modules/@types/',
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsConfig: { fileName: 'tsconfig.json' },
    // Type imports count: a type from the wrong side ties two rooms together as well.
    tsPreCompilationDeps: true,
    // A workspace package is a link below node_modules: the rules are about the file that it leads to.
    preserveSymlinks: false,
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};
