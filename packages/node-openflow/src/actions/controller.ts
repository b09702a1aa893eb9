import { ports } from '../ports.ts';
import { badText, formatHexBytes, keyValues, parseHexBytes, parseInteger } from '../text/syntax.ts';
import { decodeProperties, writeProperty } from '../wire/properties.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import { type ActionCodec, finishAction, niciraExperimenter, startExperimenterAction } from './codec.ts';
import { formatReason, packetInReasons, parseReason } from './packet-in-reason.ts';
import type { Action, ControllerAction } from './types.ts';

/*
 * Nicira 20: u16 maxLength, u16 controller id, u8 reason, u8 zero.
 * Nicira 37: 6 zeros, then properties: 0 maxLength u16, 1 controller id u16, 2 reason u8, 3 userdata, 4 pause, 5 meter u32.
 * The short form is used wherever it can say everything.
 */

const wholePacket = 0xffff;
const property = { maxLength: 0, id: 1, reason: 2, userdata: 3, pause: 4, meter: 5 } as const;

type Draft = { -readonly [Key in keyof ControllerAction]: ControllerAction[Key] };

function decodeShort(reader: Reader): ControllerAction {
  const maxLength = reader.u16();
  const id = reader.u16();
  const reason = reader.u8();
  return withoutDefaults({ type: 'controller', maxLength, id, reason: packetInReasons.name(reason) });
}

function withoutDefaults(action: Draft): ControllerAction {
  if (action.maxLength === wholePacket) delete action.maxLength;
  if (action.id === 0) delete action.id;
  if (action.reason === 'action') delete action.reason;
  return action;
}

function decodeLong(reader: Reader): ControllerAction {
  reader.skip(6);
  const action: Draft = { type: 'controller' };
  decodeProperties(reader, (type, payload) => {
    if (type === property.maxLength) action.maxLength = payload.u16();
    else if (type === property.id) action.id = payload.u16();
    else if (type === property.reason) action.reason = packetInReasons.name(payload.u8());
    else if (type === property.userdata) action.userdata = payload.rest();
    else if (type === property.pause) action.pause = true;
    else if (type === property.meter) action.meter = payload.u32();
    else reader.fail('OPENFLOW_BAD_VALUE', `a controller action has the unknown property ${type}`);
  });
  return action;
}

function encodeLong(writer: Writer, action: ControllerAction): void {
  writer.pad(6);
  const { maxLength = wholePacket, id = 0, reason = 'action', userdata, meter } = action;
  if (maxLength !== wholePacket) {
    writeProperty(writer, property.maxLength, () => {
      writer.u16(maxLength, 'maxLength');
      writer.pad(2);
    });
  }
  if (id !== 0) {
    writeProperty(writer, property.id, () => {
      writer.u16(id, 'controller id');
      writer.pad(2);
    });
  }
  if (reason !== 'action') {
    writeProperty(writer, property.reason, () => writer.u8(packetInReasons.number(reason), 'reason'));
  }
  if (userdata?.length) writeProperty(writer, property.userdata, () => writer.raw(userdata));
  if (action.pause) writeProperty(writer, property.pause, () => undefined);
  if (meter !== undefined) writeProperty(writer, property.meter, () => writer.u32(meter, 'meter'));
}

function parseArguments(argument: string): Draft {
  const action: Draft = { type: 'controller' };
  for (const { key, value } of keyValues(argument)) {
    if (key === 'max_len') action.maxLength = parseInteger(value, 16, key);
    else if (key === 'id') action.id = parseInteger(value, 16, key);
    else if (key === 'reason') action.reason = parseReason(value);
    else if (key === 'userdata') action.userdata = parseHexBytes(value, key);
    else if (key === 'pause') action.pause = true;
    else if (key === 'meter_id') action.meter = parseInteger(value, 32, key);
    else badText(`controller: unknown key "${key}"`);
  }
  return withoutDefaults(action) as Draft;
}

function isPlain(action: ControllerAction): boolean {
  const { id = 0, reason = 'action', userdata, pause, meter } = action;
  return id === 0 && reason === 'action' && !userdata?.length && !pause && meter === undefined;
}

function formatArguments(action: ControllerAction): string {
  const { maxLength = wholePacket, id = 0, reason = 'action', userdata, pause, meter } = action;
  const parts: string[] = [];
  if (reason !== 'action') parts.push(`reason=${formatReason(reason)}`);
  if (maxLength !== wholePacket) parts.push(`max_len=${maxLength}`);
  if (id !== 0) parts.push(`id=${id}`);
  if (userdata?.length) parts.push(`userdata=${formatHexBytes(userdata)}`);
  if (pause) parts.push('pause');
  if (meter !== undefined) parts.push(`meter_id=${meter}`);
  return parts.join(',');
}

export const controller: ActionCodec<ControllerAction> = {
  type: 'controller',
  words: ['controller'],
  forms: [
    { number: 20, experimenter: niciraExperimenter, decode: decodeShort },
    { number: 37, experimenter: niciraExperimenter, decode: decodeLong },
  ],
  encode(writer, action) {
    const long = Boolean(action.userdata?.length) || action.pause === true || action.meter !== undefined;
    const start = startExperimenterAction(writer, long ? 37 : 20);
    if (long) {
      encodeLong(writer, action);
    } else {
      writer.u16(action.maxLength ?? wholePacket, 'maxLength');
      writer.u16(action.id ?? 0, 'controller id');
      writer.u8(packetInReasons.number(action.reason ?? 'action'), 'reason');
    }
    finishAction(writer, start);
  },
  parse(argument): Action {
    const number = /^\d*$/.test(argument);
    const action = number
      ? withoutDefaults({
          type: 'controller',
          maxLength: argument === '' ? wholePacket : parseInteger(argument, 16, 'max_len'),
        })
      : parseArguments(argument);
    // Without anything that only the extension can say, ovs-ofctl writes a plain output.
    if (!isPlain(action) || action.userdata) return action;
    return { type: 'output', port: ports.controller, maxLength: action.maxLength ?? wholePacket };
  },
  format(action) {
    return isPlain(action)
      ? `CONTROLLER:${action.maxLength ?? wholePacket}`
      : `controller(${formatArguments(action)})`;
  },
};
