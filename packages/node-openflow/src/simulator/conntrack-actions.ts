import type { Action, ConntrackAction } from '../actions/types.ts';
import type { Subfield } from '../fields/match.ts';
import { actionTable } from '../fields/registry.ts';
import { unsupported } from './errors.ts';
import { load, maskOf, move, setField } from './field-actions.ts';
import type { MaskedValue } from './operations.ts';
import { readSubfield } from './slots.ts';
import type { Translation } from './translation.ts';

type Masks = Map<string, bigint>;

function addMask(masks: Masks, { field, mask }: { field: string; mask: bigint }): void {
  if (field === 'ct_mark' || field === 'ct_label') masks.set(field, (masks.get(field) ?? 0n) | mask);
}

function rangeMask(subfield: Subfield): { field: string; mask: bigint } {
  return { field: subfield.field, mask: maskOf(subfield) };
}

/** Writes `ct_mark` or `ct_label` and notes which bits the connection gets. */
function runExec(translation: Translation, action: Action, masks: Masks): void {
  switch (action.type) {
    case 'set-field': {
      const { field, mask } = action;
      setField(translation, action);
      addMask(masks, { field, mask: mask === undefined ? actionTable.get(field).allOnes : BigInt(mask) });
      return;
    }
    case 'load':
      load(translation, action);
      addMask(masks, rangeMask(action.destination));
      return;
    case 'move':
      move(translation, action);
      addMask(masks, rangeMask(action.destination));
      // Bits that were only read are written back, too: this is how Open vSwitch collects the mask.
      addMask(masks, rangeMask(action.source));
      return;
    default:
      unsupported(`the action ${action.type} inside of ct(exec)`);
  }
}

function written({ flow }: Translation, masks: Masks, field: string): MaskedValue | undefined {
  const mask = masks.get(field);
  return mask === undefined ? undefined : { mask, value: (flow.get(field) ?? 0n) & mask };
}

/** Sends the packet to the connection tracker. The tables see what it says in `table` only. */
export function conntrack(translation: Translation, action: ConntrackAction): undefined {
  const { zone = 0, commit = false, force = false, table, nat, exec = [], alg } = action;
  if (alg) unsupported('application-level gateways of the connection tracker');
  const zoneNumber = typeof zone === 'number' ? zone : Number(readSubfield(translation.flow, zone));
  translation.commit();
  const masks: Masks = new Map();
  for (const nested of exec) runExec(translation, nested, masks);
  const mark = written(translation, masks, 'ct_mark');
  const label = written(translation, masks, 'ct_label');
  translation.ask({
    type: 'conntrack',
    zone: zoneNumber,
    commit,
    force,
    ...(mark ? { mark } : {}),
    ...(label ? { label } : {}),
    ...(nat ? { nat } : {}),
  });
  if (table !== undefined) {
    translation.tracked = true;
    translation.ask({ type: 'resume', state: translation.freeze(table) });
  }
  translation.clearConnection();
  translation.tracked = false;
}

export function conntrackClear(translation: Translation): undefined {
  if (!translation.tracked) return;
  translation.clearConnection();
  translation.tracked = false;
  translation.ask({ type: 'conntrack-clear' });
}
