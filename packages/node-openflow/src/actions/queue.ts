import { ports } from '../ports.ts';
import { parsePort } from '../text/context.ts';
import { badText, parseInteger } from '../text/syntax.ts';
import { bareAction } from './bare.ts';
import { type ActionCodec, finishAction, niciraExperimenter, startAction, type TextForm } from './codec.ts';
import type { PopQueueAction, SetQueueAction } from './types.ts';

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

/** Nicira 5. */
export const popQueue = bareAction<PopQueueAction>('pop-queue', 5, ['pop_queue'], niciraExperimenter);

/** OpenFlow 1.0's action of this name is, since 1.1, three: choose the queue, send, choose the former queue again. */
export const enqueue: TextForm = {
  words: ['enqueue'],
  parse(argument) {
    const parts = /^\s*([^:,q\s]+)\s*[:,q]\s*(\w+)\s*$/.exec(argument);
    if (!parts) return badText(`enqueue: "${argument}" is not like port:queue`);
    const port = parsePort(parts[1] as string);
    if (port >= ports.maximum && port !== ports.inPort && port !== ports.local)
      badText(`enqueue: ${parts[1]} is not a port that has queues`);
    return [
      { type: 'set-queue', queue: parseInteger(parts[2] as string, 32, 'queue') },
      { type: 'output', port, maxLength: 0xffff },
      { type: 'pop-queue' },
    ];
  },
};
