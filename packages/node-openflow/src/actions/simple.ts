import { OpenFlowError } from '../errors.ts';
import { parseInteger } from '../text/syntax.ts';
import {
  type ActionCodec,
  finishAction,
  niciraExperimenter,
  startAction,
  startExperimenterAction,
} from './codec.ts';
import type {
  ConntrackClearAction,
  ExitAction,
  GroupAction,
  MeterAction,
  PopVlanAction,
  PushVlanAction,
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
