import { StringDecoder } from 'node:string_decoder';

/** One server-sent event. */
export interface ServerSentEvent {
  /** `message` where the event names none. */
  readonly event: string;
  readonly data: string;
  /** The last id seen so far, also by events without data. */
  readonly id: string | undefined;
}

/** Largest event that is accepted, in characters. */
const largestEvent = 16 * 1024 * 1024;

/**
 * Reads a stream of server-sent events (WHATWG HTML, section 9.2.6). An event with an id and no data, which the
 * standard does not dispatch, comes out as an event with empty data: it tells how far the stream has come.
 */
export async function* readEvents(chunks: AsyncIterable<Buffer>): AsyncGenerator<ServerSentEvent> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let fields = noFields();
  let id: string | undefined;
  for await (const chunk of chunks) {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > largestEvent) throw new RangeError(`a line of more than ${largestEvent} characters`);
    for (const line of lines) {
      const text = line.endsWith('\r') ? line.slice(0, -1) : line;
      if (text !== '') {
        readField(text, fields);
        if (fields.size > largestEvent)
          throw new RangeError(`an event of more than ${largestEvent} characters`);
        continue;
      }
      id = fields.id ?? id;
      if (fields.data.length > 0 || fields.id !== undefined) {
        yield { event: fields.event ?? 'message', data: fields.data.join('\n'), id };
      }
      fields = noFields();
    }
  }
}

interface Fields {
  event: string | undefined;
  id: string | undefined;
  data: string[];
  size: number;
}

const noFields = (): Fields => ({ event: undefined, id: undefined, data: [], size: 0 });

function readField(line: string, fields: Fields): void {
  const colon = line.indexOf(':');
  const name = colon < 0 ? line : line.slice(0, colon);
  const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
  fields.size += line.length;
  if (name === 'data') fields.data.push(value);
  else if (name === 'event') fields.event = value;
  else if (name === 'id') fields.id = value;
}
