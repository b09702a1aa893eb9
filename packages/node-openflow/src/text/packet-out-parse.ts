import { parseActions } from '../actions/registry.ts';
import { parseMatchItems } from '../fields/match-parse.ts';
import type { PacketOut } from '../messages/packet-types.ts';
import { ports } from '../ports.ts';
import { parsePort } from './context.ts';
import { splitActions } from './flow-parse.ts';
import { badText, keyValues, parseHexBytes } from './syntax.ts';

/**
 * Reads a packet to be sent, in the syntax of ovs-ofctl's `packet-out`: `in_port=1,packet=0011…,actions=output:2`. Other
 * fields before the actions are pipeline fields.
 * @throws OpenFlowError OPENFLOW_BAD_TEXT
 */
export function parsePacketOut(text: string): PacketOut {
  const [head, actions] = splitActions(text);
  let inPort: number = ports.controller;
  let data: Uint8Array | undefined;
  const items = keyValues(head).filter(({ key, value }) => {
    if (key === 'in_port') inPort = parsePort(value);
    else if (key === 'packet') data = parseHexBytes(value, 'packet');
    return key !== 'in_port' && key !== 'packet';
  });
  const match = parseMatchItems(items, ({ key }) => badText(`there is no field "${key}"`));
  if (!data?.length) return badText('the packet is missing: packet=…');
  return {
    type: 'packet-out',
    inPort,
    ...(match.length === 0 ? {} : { match }),
    actions: parseActions(actions ?? ''),
    data,
  };
}
