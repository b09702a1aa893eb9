import { badText, keyValues, parseInteger } from '../text/syntax.ts';
import { type ActionCodec, finishAction, niciraExperimenter, startExperimenterAction } from './codec.ts';
import type { FinTimeoutAction } from './types.ts';

/** Nicira 19: `u16 idle timeout, u16 hard timeout, 2 zeros`; 0 changes nothing. */
export const finTimeout: ActionCodec<FinTimeoutAction> = {
  type: 'fin-timeout',
  words: ['fin_timeout'],
  forms: [
    {
      number: 19,
      experimenter: niciraExperimenter,
      decode: (reader) => ({ type: 'fin-timeout', idleTimeout: reader.u16(), hardTimeout: reader.u16() }),
    },
  ],
  encode(writer, action) {
    const start = startExperimenterAction(writer, 19);
    writer.u16(action.idleTimeout, 'idle timeout');
    writer.u16(action.hardTimeout, 'hard timeout');
    finishAction(writer, start);
  },
  parse(argument) {
    let idleTimeout = 0;
    let hardTimeout = 0;
    for (const { key, value } of keyValues(argument)) {
      if (key === 'idle_timeout') idleTimeout = parseInteger(value, 16, key);
      else if (key === 'hard_timeout') hardTimeout = parseInteger(value, 16, key);
      else badText(`fin_timeout: unknown key "${key}"`);
    }
    return { type: 'fin-timeout', idleTimeout, hardTimeout };
  },
  format({ idleTimeout, hardTimeout }) {
    const parts: string[] = [];
    if (idleTimeout !== 0) parts.push(`idle_timeout=${idleTimeout}`);
    if (hardTimeout !== 0) parts.push(`hard_timeout=${hardTimeout}`);
    return `fin_timeout(${parts.join(',')})`;
  },
};
