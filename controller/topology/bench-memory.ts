/**
 * Measures what the topology costs for each network interface with its binding and its address claim:
 *
 *     node --conditions=source --expose-gc controller/topology/bench-memory.ts [interfaces]
 *
 * Resources are parsed from text, as they come from the store, so that they share no strings.
 */
import { type AnyResource, identityId, newId, type ResourceOf } from '../resources/index.ts';
import { testBinding, testGroup, testInterface, testResource, testVpc } from './testing.ts';
import { Topology } from './topology.ts';

const interfaces = Number(process.argv[2] ?? 20_000);
const interfacesPerVpc = 1000;
const interfacesPerHost = 20;
const groupsPerVpc = 10;

/** Keeps nothing but the parsed resources: what stays in a register of the caller would be measured, too. */
function parseResources(): AnyResource[] {
  const resources: AnyResource[] = [];
  for (const resource of makeResources()) resources.push(JSON.parse(JSON.stringify(resource)));
  return resources;
}

function* makeResources() {
  let vpcId = '';
  let groupIds: string[] = [];
  for (let number = 0; number < interfaces; number++) {
    if (number % interfacesPerVpc === 0) {
      vpcId = newId('vpc');
      groupIds = Array.from({ length: groupsPerVpc }, () => newId('sg'));
      yield testVpc(vpcId, number);
      for (const id of groupIds) yield testGroup(id, vpcId);
    }
    yield* interfaceWithBinding(number, vpcId, groupIds[number % groupsPerVpc] as string);
  }
}

function* interfaceWithBinding(number: number, vpcId: string, groupId: string) {
  const host = `host-${Math.floor(number / interfacesPerHost)}`;
  const networkInterface = describedInterface(number, vpcId, groupId);
  yield networkInterface;
  yield testBinding(host, networkInterface.id, (number % interfacesPerHost) + 1);
  const claim = `${vpcId}/${networkInterface.spec.privateAddress}`;
  yield testResource('address-claim', claim, { spec: { ownerId: networkInterface.id } });
}

function describedInterface(number: number, vpcId: string, groupId: string): ResourceOf<'network-interface'> {
  const resource = testInterface(newId('eni'), vpcId, number % 65_536, [groupId]);
  return { ...resource, number, status: { identityId: identityId([groupId]) } };
}

function heapUsed(): number {
  if (!global.gc) throw new Error('run node with --expose-gc');
  global.gc();
  return process.memoryUsage().heapUsed;
}

const print = (what: string, value: number, unit: string) =>
  console.log(`${what.padEnd(44)}${Math.round(value).toLocaleString('en').padStart(10)} ${unit}`);

const empty = heapUsed();
const resources = parseResources();
const parsedSize = heapUsed() - empty;
const topology = new Topology();
const start = performance.now();
topology.load({ revision: 1, resources });
const loadTime = performance.now() - start;
const projectedSize = heapUsed() - empty - parsedSize;

console.log(
  `${interfaces} interfaces, each with a binding and an address claim: ${resources.length} resources`,
);
print('resources as parsed', parsedSize / interfaces, 'bytes per interface');
print('graph and indexes', projectedSize / interfaces, 'bytes per interface');
print('together', (parsedSize + projectedSize) / 2 ** 20, 'MiB');
print('load', loadTime, 'ms');
measureChange();

/** One more interface is bound, and unbound again: the time must not depend on how many there are. */
function measureChange(): void {
  const rounds = 2000;
  const [vpc] = topology.all('vpc');
  const [group] = topology.all('security-group');
  if (!vpc || !group) return;
  const added = [...interfaceWithBinding(interfaces, vpc.id, group.id)];
  const begin = performance.now();
  for (let round = 0; round < rounds; round++) {
    for (const present of [true, false]) {
      const changes = added.map((resource) => ({
        kind: resource.kind,
        id: resource.id,
        before: present ? undefined : resource,
        after: present ? resource : undefined,
      }));
      topology.apply({ revision: topology.revision + 1, changes });
    }
  }
  print('one commit of these three', ((performance.now() - begin) / rounds / 2) * 1000, 'µs');
}
