import { OpenFlowError } from '../errors.ts';
import { badText, parseInteger } from '../text/syntax.ts';
import {
  type ActionCodec,
  finishAction,
  niciraExperimenter,
  startAction,
  startExperimenterAction,
} from './codec.ts';
import type {
  ConntrackClearAction,
  DecrementTtlAction,
  DecrementTtlToControllersAction,
  ExitAction,
  GroupAction,
  MeterAction,
  PopVlanAction,
  PushVlanAction,
  SetQueueAction,
} from './types.ts';

/** Standard 22: `u32 group`. */
export const group: ActionCodec<GroupAction> = {
  type: 'group',
  words: ['group'],
  forms: [{ number: 22, decode: (reader) => ({ type: 'group', group: reader.u32() }) }],
  encode(writer, action) {
    const start = startAction(writer, 22);
    writer.u32(action.group, 'group');
    finishAction(writer, start);
  },
  parse: (argument) => ({ type: 'group', group: parseInteger(argument, 32, 'group') }),
  format: (action) => `group:${action.group}`,
};

/** Standard 29 (1.5): `u32 meter`. Before 1.5 metering is an instruction. */
export const meter: ActionCodec<MeterAction> = {
  type: 'meter',
  words: ['meter'],
  forms: [{ number: 29, versions: [6, 6], decode: (reader) => ({ type: 'meter', meter: reader.u32() }) }],
  encode(writer, action, { version }) {
    if (version !== 6) {
      throw new OpenFlowError(
        'OPENFLOW_NOT_IN_VERSION',
        'the meter action exists since OpenFlow 1.5: use the meter instruction',
      );
    }
    const start = startAction(writer, 29);
    writer.u32(action.meter, 'meter');
    finishAction(writer, start);
  },
  parse: (argument) => ({ type: 'meter', meter: parseInteger(argument, 32, 'meter') }),
  format: (action) => `meter:${action.meter}`,
};

/** Standard 21: `u32 queue`. */
export const setQueue: ActionCodec<SetQueueAction> = {
  type: 'set-queue',
  words: ['set_queue'],
  forms: [{ number: 21, decode: (reader) => ({ type: 'set-queue', queue: reader.u32() }) }],
  encode(writer, action) {
    const start = startAction(writer, 21);
    writer.u32(action.queue, 'queue');
    finishAction(writer, start);
  },
  parse: (argument) => ({ type: 'set-queue', queue: parseInteger(argument, 32, 'queue') }),
  format: (action) => `set_queue:${action.queue}`,
};

/** Standard 17: `u16 ethertype`. */
export const pushVlan: ActionCodec<PushVlanAction> = {
  type: 'push-vlan',
  words: ['push_vlan'],
  forms: [{ number: 17, decode: (reader) => ({ type: 'push-vlan', ethertype: reader.u16() }) }],
  encode(writer, action) {
    const start = startAction(writer, 17);
    writer.u16(action.ethertype, 'ethertype');
    finishAction(writer, start);
  },
  parse: (argument) => ({ type: 'push-vlan', ethertype: parseInteger(argument, 16, 'push_vlan') }),
  format: (action) => `push_vlan:0x${action.ethertype.toString(16).padStart(4, '0')}`,
};

/** Standard 18. */
export const popVlan: ActionCodec<PopVlanAction> = {
  type: 'pop-vlan',
  words: ['pop_vlan', 'strip_vlan'],
  forms: [{ number: 18, decode: () => ({ type: 'pop-vlan' }) }],
  encode: (writer) => finishAction(writer, startAction(writer, 18), 8),
  parse: () => ({ type: 'pop-vlan' }),
  format: () => 'pop_vlan',
};

/** Standard 24. */
export const decrementTtl: ActionCodec<DecrementTtlAction> = {
  type: 'decrement-ttl',
  words: ['dec_ttl'],
  forms: [{ number: 24, decode: () => ({ type: 'decrement-ttl' }) }],
  encode: (writer) => finishAction(writer, startAction(writer, 24), 8),
  parse: (argument) => (argument === '' ? { type: 'decrement-ttl' } : parseControllers(argument)),
  format: () => 'dec_ttl',
};

function parseControllers(argument: string): DecrementTtlToControllersAction {
  const ids = argument.split(/[,\s]+/).filter((id) => id !== '');
  if (ids.length === 0) badText('dec_ttl: at least one controller id is needed inside the parentheses');
  const controllerIds = ids.map((id) => parseInteger(id, 16, 'dec_ttl'));
  return { type: 'decrement-ttl-to-controllers', controllerIds };
}

/** Nicira 21: `u16 count, 4 zeros, count × u16 controller id`. */
export const decrementTtlToControllers: ActionCodec<DecrementTtlToControllersAction> = {
  type: 'decrement-ttl-to-controllers',
  words: [],
  forms: [
    {
      number: 21,
      experimenter: niciraExperimenter,
      decode(reader) {
        const count = reader.u16();
        reader.skip(4);
        const controllerIds: number[] = [];
        while (controllerIds.length < count) controllerIds.push(reader.u16());
        return { type: 'decrement-ttl-to-controllers', controllerIds };
      },
    },
  ],
  encode(writer, action) {
    const start = startExperimenterAction(writer, 21);
    writer.u16(action.controllerIds.length, 'number of controllers');
    writer.pad(4);
    for (const id of action.controllerIds) writer.u16(id, 'controller id');
    finishAction(writer, start);
  },
  parse: parseControllers,
  format: (action) => `dec_ttl(${action.controllerIds.join(',')})`,
};

/** Nicira 17. */
export const exit: ActionCodec<ExitAction> = {
  type: 'exit',
  words: ['exit'],
  forms: [{ number: 17, experimenter: niciraExperimenter, decode: () => ({ type: 'exit' }) }],
  encode: (writer) => finishAction(writer, startExperimenterAction(writer, 17)),
  parse: () => ({ type: 'exit' }),
  format: () => 'exit',
};

/** Nicira 43. */
export const conntrackClear: ActionCodec<ConntrackClearAction> = {
  type: 'conntrack-clear',
  words: ['ct_clear'],
  forms: [{ number: 43, experimenter: niciraExperimenter, decode: () => ({ type: 'conntrack-clear' }) }],
  encode: (writer) => finishAction(writer, startExperimenterAction(writer, 43)),
  parse: () => ({ type: 'conntrack-clear' }),
  format: () => 'ct_clear',
};
