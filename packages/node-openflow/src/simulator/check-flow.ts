import type { Action } from '../actions/types.ts';
import type { Instruction } from '../instructions/types.ts';
import type { FlowMod } from '../messages/flow-mod-types.ts';
import { allTables } from '../ports.ts';
import { type ActionContext, checkActions } from './check-action.ts';
import { checkMatch, type Known, knownPacket } from './check-match.ts';
import { refuse } from './errors.ts';
import { allActions } from './flow-entry.ts';

const lastTable = 253;

function checkTable({ table, command }: FlowMod): void {
  const deletion = command.startsWith('delete');
  if (table === allTables && deletion) return;
  if (table === allTables) refuse('OFPBRC_BAD_TABLE_ID', `${command} needs one table`);
  if (table > lastTable) refuse('OFPBRC_EPERM', `table ${table} belongs to the switch itself`);
}

const inActionSet: ReadonlySet<Action['type']> = new Set([
  'output',
  'set-field',
  'load',
  'move',
  'decrement-ttl',
  'decrement-ttl-to-controllers',
  'group',
  'push-vlan',
  'pop-vlan',
  'set-queue',
  'resubmit',
  'conntrack',
  'conntrack-clear',
]);

function checkInstruction(instruction: Instruction, { table }: FlowMod, context: ActionContext): void {
  switch (instruction.type) {
    case 'apply-actions':
      checkActions(instruction.actions, context);
      return;
    case 'write-actions': {
      const odd = instruction.actions.find(({ type }) => !inActionSet.has(type));
      if (odd) refuse('OFPBAC_BAD_TYPE', `${odd.type} cannot stand in an action set`);
      checkActions(instruction.actions, { ...context, packet: new Map(context.packet) });
      return;
    }
    case 'goto-table':
      if (instruction.table <= table || instruction.table > lastTable) {
        refuse(
          'OFPBIC_BAD_TABLE_ID',
          `goto_table:${instruction.table} in table ${table} does not lead forward`,
        );
      }
      return;
    case 'stat-trigger':
    case 'unknown':
      refuse('OFPBIC_UNKNOWN_INST', 'the switch does not know the instruction');
  }
}

function checkConjunction(flow: FlowMod): void {
  const actions = flow.instructions.flatMap((instruction) =>
    'actions' in instruction ? instruction.actions : [],
  );
  const conjunctions = [...allActions(actions)].filter(({ type }) => type === 'conjunction');
  if (conjunctions.length === 0) return;
  const other =
    flow.instructions.length > 1 || actions.some(({ type }) => type !== 'conjunction' && type !== 'note');
  if (other) refuse('NXBAC_BAD_CONJUNCTION', 'conjunction stands with nothing else than note');
  for (const action of conjunctions) {
    if (action.type !== 'conjunction') continue;
    const { clause, clauses } = action;
    if (clauses < 2 || clauses > 64 || clause < 1 || clause > clauses) {
      refuse('NXBAC_BAD_CONJUNCTION', `conjunction ${clause}/${clauses}: take 2 to 64 clauses`);
    }
  }
}

/**
 * Refuses flow-mods that Open vSwitch refuses: matches without their prerequisites, actions on headers that the match does
 * not promise, groups and meters that do not exist.
 * @throws SimulationError SIMULATION_REFUSED
 */
export function checkFlow(flow: FlowMod, known: Known): void {
  checkTable(flow);
  checkMatch(flow, known);
  if (flow.command.startsWith('delete')) return;
  checkConjunction(flow);
  const types = flow.instructions.map(({ type }) => type);
  const twice = types.find((type, index) => types.indexOf(type) !== index);
  if (twice) refuse('OFPBIC_DUP_INST', `${twice} stands twice`);
  const context = { packet: knownPacket(flow), known, insideConntrack: false };
  for (const instruction of flow.instructions) checkInstruction(instruction, flow, context);
}
