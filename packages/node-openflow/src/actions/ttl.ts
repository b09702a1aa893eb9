import { badText, parseInteger } from '../text/syntax.ts';
import { bareAction } from './bare.ts';
import {
  type ActionCodec,
  finishAction,
  niciraExperimenter,
  startAction,
  startExperimenterAction,
} from './codec.ts';
import type {
  CopyTtlInAction,
  CopyTtlOutAction,
  DecrementTtlAction,
  DecrementTtlToControllersAction,
  SetTtlAction,
} from './types.ts';

/** Standard 24. */
export const decrementTtl: ActionCodec<DecrementTtlAction> = {
  ...bareAction<DecrementTtlAction>('decrement-ttl', 24, ['dec_ttl']),
  parse: (argument) => (argument === '' ? { type: 'decrement-ttl' } : parseControllers(argument)),
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

/** Standard 23: `u8 TTL`. `set_field:5->nw_ttl` does the same in another way. */
export const setTtl: ActionCodec<SetTtlAction> = {
  type: 'set-ttl',
  words: ['mod_nw_ttl'],
  forms: [{ number: 23, decode: (reader) => ({ type: 'set-ttl', ttl: reader.u8() }) }],
  encode(writer, action) {
    const start = startAction(writer, 23);
    writer.u8(action.ttl, 'TTL');
    finishAction(writer, start);
  },
  parse: (argument) => ({ type: 'set-ttl', ttl: parseInteger(argument, 8, 'mod_nw_ttl') }),
  format: (action) => `mod_nw_ttl:${action.ttl}`,
};

/** Standard 11. Open vSwitch does not have it. */
export const copyTtlOut = bareAction<CopyTtlOutAction>('copy-ttl-out', 11, ['copy_ttl_out']);
/** Standard 12. Open vSwitch does not have it. */
export const copyTtlIn = bareAction<CopyTtlInAction>('copy-ttl-in', 12, ['copy_ttl_in']);
