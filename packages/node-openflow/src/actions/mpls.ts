import { badText, parseInteger } from '../text/syntax.ts';
import { bareAction, ethertypeAction } from './bare.ts';
import { type ActionCodec, finishAction, startAction } from './codec.ts';
import type {
  DecrementMplsTtlAction,
  PopMplsAction,
  PopPbbAction,
  PushMplsAction,
  PushPbbAction,
  SetMplsTtlAction,
} from './types.ts';

/** Standard 19. */
export const pushMpls = ethertypeAction<PushMplsAction>('push-mpls', 19, 'push_mpls');
/** Standard 20. */
export const popMpls = ethertypeAction<PopMplsAction>('pop-mpls', 20, 'pop_mpls');
/** Standard 26. Open vSwitch does not have it. */
export const pushPbb = ethertypeAction<PushPbbAction>('push-pbb', 26, 'push_pbb');

/** Standard 27. Open vSwitch does not have it. */
export const popPbb = bareAction<PopPbbAction>('pop-pbb', 27, ['pop_pbb']);

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
export const decrementMplsTtl = bareAction<DecrementMplsTtlAction>('decrement-mpls-ttl', 16, [
  'dec_mpls_ttl',
]);
