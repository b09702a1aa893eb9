import { badText, parseInteger } from '../text/syntax.ts';
import { type ActionCodec, finishAction, startAction } from './codec.ts';
import type {
  DecrementMplsTtlAction,
  PopMplsAction,
  PopPbbAction,
  PushMplsAction,
  PushPbbAction,
  SetMplsTtlAction,
} from './types.ts';

type WithEthertype = PushMplsAction | PopMplsAction | PushPbbAction;

/** An action that is an Ethernet type: `u16 ethertype`. */
function ethertypeAction<A extends WithEthertype>(
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

/** Standard 19. */
export const pushMpls = ethertypeAction<PushMplsAction>('push-mpls', 19, 'push_mpls');
/** Standard 20. */
export const popMpls = ethertypeAction<PopMplsAction>('pop-mpls', 20, 'pop_mpls');
/** Standard 26. Open vSwitch does not have it. */
export const pushPbb = ethertypeAction<PushPbbAction>('push-pbb', 26, 'push_pbb');

/** Standard 27. Open vSwitch does not have it. */
export const popPbb: ActionCodec<PopPbbAction> = {
  type: 'pop-pbb',
  words: ['pop_pbb'],
  forms: [{ number: 27, decode: () => ({ type: 'pop-pbb' }) }],
  encode: (writer) => finishAction(writer, startAction(writer, 27), 8),
  parse: () => ({ type: 'pop-pbb' }),
  format: () => 'pop_pbb',
};

/** Standard 15: `u8 TTL`. */
export const setMplsTtl: ActionCodec<SetMplsTtlAction> = {
  type: 'set-mpls-ttl',
  words: ['set_mpls_ttl'],
  forms: [{ number: 15, decode: (reader) => ({ type: 'set-mpls-ttl', ttl: reader.u8() }) }],
  encode(writer, action) {
    const start = startAction(writer, 15);
    writer.u8(action.ttl, 'TTL');
    finishAction(writer, start);
  },
  parse: (argument) =>
    argument === ''
      ? badText('set_mpls_ttl: a TTL is needed')
      : { type: 'set-mpls-ttl', ttl: parseInteger(argument, 8, 'set_mpls_ttl') },
  format: (action) => `set_mpls_ttl(${action.ttl})`,
};

/** Standard 16. */
export const decrementMplsTtl: ActionCodec<DecrementMplsTtlAction> = {
  type: 'decrement-mpls-ttl',
  words: ['dec_mpls_ttl'],
  forms: [{ number: 16, decode: () => ({ type: 'decrement-mpls-ttl' }) }],
  encode: (writer) => finishAction(writer, startAction(writer, 16), 8),
  parse: () => ({ type: 'decrement-mpls-ttl' }),
  format: () => 'dec_mpls_ttl',
};
