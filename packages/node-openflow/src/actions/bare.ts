import { parseInteger } from '../text/syntax.ts';
import { type ActionCodec, finishAction, startAction, startExperimenterAction } from './codec.ts';
import type { Action } from './types.ts';

/**
 * An action that is nothing but its number.
 *
 * @param words of its text form; the first is written
 * @param experimenter whose subtype the number is; absent for a standard action
 */
export function bareAction<A extends Action>(
  type: A['type'],
  number: number,
  words: readonly [string, ...string[]],
  experimenter?: number,
): ActionCodec<A> {
  return {
    type,
    words,
    forms: [
      { number, ...(experimenter === undefined ? {} : { experimenter }), decode: () => ({ type }) as A },
    ],
    encode(writer) {
      if (experimenter === undefined) finishAction(writer, startAction(writer, number), 8);
      else finishAction(writer, startExperimenterAction(writer, number, experimenter));
    },
    parse: () => ({ type }) as A,
    format: () => words[0],
  };
}

/** An action that is an Ethernet type: `u16 ethertype`. */
export function ethertypeAction<A extends Action & { readonly ethertype: number }>(
  type: A['type'],
  number: number,
  word: string,
): ActionCodec<A> {
  return {
    type,
    words: [word],
    forms: [{ number, decode: (reader) => ({ type, ethertype: reader.u16() }) as A }],
    encode(writer, action) {
      const start = startAction(writer, number);
      writer.u16(action.ethertype, 'ethertype');
      finishAction(writer, start);
    },
    parse: (argument) => ({ type, ethertype: parseInteger(argument, 16, word) }) as A,
    format: (action) => `${word}:0x${action.ethertype.toString(16).padStart(4, '0')}`,
  };
}
