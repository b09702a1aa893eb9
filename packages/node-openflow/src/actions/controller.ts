import type { Version } from '../messages/types.ts';
import { ports } from '../ports.ts';
import { badText, formatHexBytes, keyValues, parseHexBytes, parseInteger } from '../text/syntax.ts';
import { number, type Payload, property, propertyTable, rawBytes } from '../wire/property-table.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import {
  type ActionCodec,
  type DecodeContext,
  finishAction,
  niciraExperimenter,
  startExperimenterAction,
} from './codec.ts';
import { formatReason, packetInReasons, parseReason } from './packet-in-reason.ts';
import type { Action, ControllerAction, PacketInReason } from './types.ts';

/*
 * Nicira 20: u16 maxLength, u16 controller id, u8 reason, u8 zero.
 * Nicira 37: 6 zeros, then properties.
 * The short form is used wherever it can say everything.
 */

const wholePacket = 0xffff;
const padded = number('u16', { after: 2 });
const reasonNumber: Payload<PacketInReason> = {
  write: (writer, value) => writer.u8(packetInReasons.number(value), 'reason'),
  read: (reader) => packetInReasons.name(reader.u8()),
};
/** That it is there says all. */
const present: Payload<boolean> = { write: () => undefined, read: () => true };
const row = property<ControllerAction>();

export const controllerProperties = propertyTable<Omit<ControllerAction, 'type'>>('nx_action_controller2', [
  row(0, 'maxLength', padded),
  row(1, 'id', padded),
  row(2, 'reason', reasonNumber),
  row(3, 'userdata', rawBytes),
  row(4, 'pause', present),
  row(5, 'meter', number('u32')),
]);

type Draft = { -readonly [Key in keyof ControllerAction]: ControllerAction[Key] };

function decodeShort(reader: Reader): ControllerAction {
  const maxLength = reader.u16();
  const id = reader.u16();
  const reason = reader.u8();
  return withoutDefaults({ type: 'controller', maxLength, id, reason: packetInReasons.name(reason) });
}

function withoutDefaults(action: Draft): Draft {
  if (action.maxLength === wholePacket) delete action.maxLength;
  if (action.id === 0) delete action.id;
  if (action.reason === 'action') delete action.reason;
  return action;
}

function decodeLong(reader: Reader, { version }: DecodeContext): ControllerAction {
  reader.skip(6);
  const { userdata, ...others } = controllerProperties.decode(reader, version);
  return withoutDefaults({ type: 'controller', ...others, ...(userdata?.length ? { userdata } : {}) });
}

function encodeLong(writer: Writer, { type, ...action }: ControllerAction, version: Version): void {
  writer.pad(6);
  const said: Draft = withoutDefaults({ type, ...action });
  if (!said.userdata?.length) delete said.userdata;
  if (!said.pause) delete said.pause;
  controllerProperties.encode(writer, said, version);
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
  return withoutDefaults(action);
}

function isPlain(action: ControllerAction): boolean {
  const { id = 0, reason = 'action', userdata, pause, meter, unknown } = action;
  const usual = id === 0 && reason === 'action' && meter === undefined;
  return usual && !userdata?.length && !pause && !unknown;
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
  encode(writer, action, { version }) {
    const { userdata, pause, meter, unknown } = action;
    const long = Boolean(userdata?.length || pause || unknown) || meter !== undefined;
    const start = startExperimenterAction(writer, long ? 37 : 20);
    if (long) {
      encodeLong(writer, action, version);
    } else {
      writer.u16(action.maxLength ?? wholePacket, 'maxLength');
      writer.u16(action.id ?? 0, 'controller id');
      writer.u8(packetInReasons.number(action.reason ?? 'action'), 'reason');
    }
    finishAction(writer, start);
  },
  parse(argument): Action {
    const plain = /^\d*$/.test(argument);
    const action = plain
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
