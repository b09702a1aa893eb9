import type { Action } from '../actions/types.ts';
import { decodeMessage } from '../messages/registry.ts';
import { groups, ports } from '../ports.ts';
import { type FlowStore, flowModOf, RawFlowMod, type StoredFlow } from './flow-store.ts';

const command = { add: 0, modify: 1, modifyStrict: 2, delete: 3, deleteStrict: 4 } as const;

function someAction(flow: StoredFlow, wanted: (action: Action) => boolean): boolean {
  const raw = flowModOf(flow);
  const message = decodeMessage(raw.bytes.subarray(raw.offset, raw.offset + raw.length));
  if (message.type !== 'flow-mod') return false;
  return message.instructions.some(
    (instruction) => 'actions' in instruction && instruction.actions.some(wanted),
  );
}

/** Whether the flow sends to the port and group that a deletion or request names. */
export function sendsTo(
  flow: StoredFlow,
  { outPort, outGroup }: { outPort: number; outGroup: number },
): boolean {
  if (
    outPort !== ports.any &&
    !someAction(flow, (action) => action.type === 'output' && action.port === outPort)
  ) {
    return false;
  }
  return (
    outGroup === groups.any ||
    someAction(flow, (action) => action.type === 'group' && action.group === outGroup)
  );
}

function selected(store: FlowStore, flowMod: RawFlowMod, strict: boolean): StoredFlow[] {
  if (!strict) return [...store.select(flowMod)];
  const flow = store.find(flowMod);
  if (!flow || ((flowModOf(flow).cookie ^ flowMod.cookie) & flowMod.cookieMask) !== 0n) return [];
  return [flow];
}

/** A flow-mod like the one that made `flow`, but with the instructions of `change`. */
function withInstructions(flow: StoredFlow, change: RawFlowMod): RawFlowMod {
  const old = flowModOf(flow);
  const head = old.bytes.subarray(old.offset, old.instructionsOffset);
  const instructions = change.bytes.subarray(change.instructionsOffset, change.offset + change.length);
  const bytes = new Uint8Array(head.length + instructions.length);
  bytes.set(head);
  bytes.set(instructions, head.length);
  new DataView(bytes.buffer).setUint16(2, bytes.length);
  return new RawFlowMod(bytes);
}

/** Obeys a flow-mod as OpenFlow 1.5.1, section 6.4, says. */
export function applyFlowMod(store: FlowStore, flowMod: RawFlowMod): void {
  if (flowMod.command === command.add) {
    store.put(flowMod);
    return;
  }
  const strict = flowMod.command === command.modifyStrict || flowMod.command === command.deleteStrict;
  const deletion = flowMod.command === command.delete || flowMod.command === command.deleteStrict;
  for (const flow of selected(store, flowMod, strict)) {
    if (!deletion) store.put(withInstructions(flow, flowMod));
    else if (sendsTo(flow, flowMod)) store.remove(flow);
  }
}
