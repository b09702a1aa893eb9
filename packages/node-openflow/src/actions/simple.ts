import { OpenFlowError } from '../errors.ts';
import { parseInteger } from '../text/syntax.ts';
import { bareAction, ethertypeAction } from './bare.ts';
import { type ActionCodec, finishAction, niciraExperimenter, startAction } from './codec.ts';
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
export const pushVlan = ethertypeAction<PushVlanAction>('push-vlan', 17, 'push_vlan');

/** Standard 18. */
export const popVlan = bareAction<PopVlanAction>('pop-vlan', 18, ['pop_vlan', 'strip_vlan']);

/** Nicira 17. */
export const exit = bareAction<ExitAction>('exit', 17, ['exit'], niciraExperimenter);

/** Nicira 43. */
export const conntrackClear = bareAction<ConntrackClearAction>(
  'conntrack-clear',
  43,
  ['ct_clear'],
  niciraExperimenter,
);
