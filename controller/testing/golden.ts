import { formatFlow } from 'node-openflow';
import { type Flow, type StageName, stages, toFlowMod } from '../pipeline/index.ts';

const tableNames = new Map<number, string>(stages.map(({ name }, index) => [index, name]));

/** A flow in ovs-ofctl's words, with stages by name: what golden tests compare. */
export function flowText(flow: Flow): string {
  return formatFlow(toFlowMod(flow, 0n), { tableNames })
    .replace('cookie=0x0, ', '')
    .trim();
}

/** The flows of some stages, in the order of the pipeline. */
export function flowTexts(flows: Iterable<Flow>, ...only: StageName[]): string[] {
  return [...flows].filter(({ stage }) => only.length === 0 || only.includes(stage)).map(flowText);
}
