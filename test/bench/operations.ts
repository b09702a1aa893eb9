import type { Receipted } from '@weft/api/contract';
import type { ResourceOf } from '@weft/controller/resources';
import { type Bed, patienceSeconds } from './bed.ts';
import { createInterface, madeUpPort, type Population } from './population.ts';

/** What is measured, by the name that results have. */
export const operations = {
  'bind-real': 'bind an interface, on the Open vSwitch host',
  'bind-test': 'bind an interface, on a test switch',
  'unbind-real': 'unbind it, on the Open vSwitch host',
  'unbind-test': 'unbind it, on a test switch',
  'member-real': 'change its groups, on the Open vSwitch host',
  'member-test': 'change its groups, on a test switch',
  'rule-add': 'add a rule',
  'rule-remove': 'remove a rule',
} as const;
export type OperationName = keyof typeof operations;

/** One API call that waits until it is applied. */
export interface Step {
  readonly operation: OperationName;
  run(): Promise<Receipted>;
}

const waiting = { waitSeconds: patienceSeconds };

/**
 * The operations on a bed as cycles: after the steps of a cycle everything is as before them, or as good, so that
 * every repetition costs the same.
 */
export async function prepareCycles(bed: Bed, population: Population): Promise<Step[][]> {
  const [real, test] = bed.hostNames as [string, string];
  return [
    bindCycle(bed, real, 'real', await createInterface(bed, population, 0)),
    bindCycle(bed, test, 'test', await createInterface(bed, population, 0)),
    memberCycle(bed, population, 'real', 0),
    memberCycle(bed, population, 'test', 1),
    ruleCycle(bed, population),
  ];
}

function bindCycle(
  bed: Bed,
  host: string,
  place: 'real' | 'test',
  { id }: ResourceOf<'network-interface'>,
): Step[] {
  // Above the ports of the interfaces that are bound for good.
  const port = { networkInterfaceId: id, ofport: madeUpPort(50_000) };
  return [
    { operation: `bind-${place}`, run: () => bed.client.bind(host, port, waiting) },
    { operation: `unbind-${place}`, run: () => bed.client.unbind(host, id, waiting) },
  ];
}

/** The interface goes to and fro between two sets of groups that others are in, too. */
function memberCycle(
  bed: Bed,
  { interfaces, groupSets }: Population,
  place: 'real' | 'test',
  index: number,
): Step[] {
  const { id } = interfaces[index] as ResourceOf<'network-interface'>;
  let set = index % groupSets.length;
  const other = { [set]: set + 1, [set + 1]: set };
  return [
    {
      operation: `member-${place}`,
      run() {
        set = other[set] as number;
        const spec = { securityGroupIds: groupSets[set] };
        return bed.client.update('network-interface', id, { spec }, waiting);
      },
    },
  ];
}

/** A rule for members of another group, on a port that no other rule has: the dearest kind. */
function ruleCycle(bed: Bed, { groups }: Population): Step[] {
  const [own, peer] = groups as [ResourceOf<'security-group'>, ResourceOf<'security-group'>];
  const spec = {
    groupId: own.id,
    direction: 'ingress',
    protocol: 'tcp',
    fromPort: 20_000,
    toPort: 20_000,
    referencedGroupId: peer.id,
  };
  let rule = '';
  return [
    {
      operation: 'rule-add',
      async run() {
        const created = await bed.client.create('security-group-rule', { spec }, waiting);
        rule = created.id;
        return created;
      },
    },
    { operation: 'rule-remove', run: () => bed.client.remove('security-group-rule', rule, waiting) },
  ];
}
