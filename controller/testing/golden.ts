import { formatFlow, type Message } from 'node-openflow';
import { features } from '../features/index.ts';
import {
  checkFlow,
  type Flow,
  type FragmentDefinition,
  type StageName,
  scopeKey,
  stages,
  tableOf,
  toFlowMod,
} from '../pipeline/index.ts';
import type { World } from './world.ts';

const tableNames = new Map<number, string>(stages.map(({ name }, index) => [index, name]));

/** A flow in ovs-ofctl's words, with stages by name: what golden tests compare. */
function flowText(flow: Flow): string {
  return formatFlow(toFlowMod(flow, 0n), { tableNames }).replace('cookie=0x0, ', '').trim();
}

/** The flows of some stages, in the order of the pipeline. */
function flowTexts(flows: Iterable<Flow>, ...only: StageName[]): string[] {
  return [...flows].filter(({ stage }) => only.length === 0 || only.includes(stage)).map(flowText);
}

const definitions = new Map<string, FragmentDefinition>(
  features.flatMap((feature) => feature.fragments.map((definition) => [definition.name, definition])),
);

function compiled(world: World, name: string, id: string) {
  const definition = definitions.get(name);
  if (!definition) throw new Error(`no feature has a fragment ${name}`);
  return definition.compile(world.topology, id);
}

/** One whole fragment as golden tests compare it, so that an extra flow is seen, too; undefined when it is not there. */
export function fragment(
  world: World,
  name: string,
  id: string,
): { scope: string; number: number; flows: string[] } | undefined {
  const found = compiled(world, name, id);
  if (!found) return undefined;
  found.flows.forEach(checkFlow);
  return { scope: scopeKey(found.scope), number: found.number, flows: flowTexts(found.flows) };
}

/** What goes with a fragment: messages before and after its flows, and the names of the fragments that it waits for. */
export function companions(
  world: World,
  name: string,
  id: string,
):
  | {
      before: readonly Message[];
      after: readonly Message[];
      whenGone?: readonly Message[];
      waitsFor: string[];
    }
  | undefined {
  const found = compiled(world, name, id);
  return (
    found && {
      before: found.before ?? [],
      after: found.after ?? [],
      ...(found.whenGone ? { whenGone: found.whenGone } : {}),
      waitsFor: (found.waitsFor ?? []).map(({ definition, id }) => `${definition.name} ${id}`),
    }
  );
}

/** The number of a stage's table as a byte of user data. */
export const byteOf = (stage: StageName) => tableOf(stage).toString(16).padStart(2, '0');

/** Keys of the fragments that are there from the start and stay. */
export const permanentFragments: readonly string[] = features.flatMap(({ always = [] }) =>
  always.map(({ definition, id }) => `${definition.code}:${id}`),
);
