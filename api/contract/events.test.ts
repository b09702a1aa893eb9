import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readEvents, type ServerSentEvent } from './events.ts';

async function read(...chunks: (string | Buffer)[]): Promise<ServerSentEvent[]> {
  async function* stream() {
    for (const chunk of chunks) yield Buffer.from(chunk);
  }
  const events: ServerSentEvent[] = [];
  for await (const event of readEvents(stream())) events.push(event);
  return events;
}

describe('server-sent events', () => {
  it('reads fields, comments, several lines of data and lines that end with CR LF', async () => {
    const text = ': hello\nid: 7\nevent: commit\ndata: one\ndata:two\n\ndata\r\n\r\nretry: 5\n\n';
    assert.deepEqual(await read(text), [
      { event: 'commit', data: 'one\ntwo', id: '7' },
      { event: 'message', data: '', id: '7' },
    ]);
  });

  it('tells the position that an event without data gives', async () => {
    assert.deepEqual(await read(': keep-alive\nid: 9\n\n'), [{ event: 'message', data: '', id: '9' }]);
  });

  it('does not give out an event that was cut off', async () => {
    assert.deepEqual(await read('data: one\n\ndata: tw'), [{ event: 'message', data: 'one', id: undefined }]);
  });

  it('reads the same however the stream is split', async () => {
    const text = Buffer.from(
      'id: 1\nevent: commit\ndata: {"name":"Zürich – 東京"}\n\n: c\n\nid: 2\ndata: x\r\n\r\n',
    );
    const whole = await read(text);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(text.length), { maxLength: 8 }), async (cuts) => {
        const borders = [0, ...cuts.sort((a, b) => a - b), text.length];
        const chunks = borders.slice(1).map((end, index) => text.subarray(borders[index], end));
        assert.deepEqual(await read(...chunks), whole);
      }),
      { numRuns: 100 },
    );
  });

  it('refuses an event without an end', async () => {
    const megabyte = 'x'.repeat(1024 * 1024);
    await assert.rejects(read(...Array<string>(17).fill(megabyte)), RangeError);
    await assert.rejects(read(...Array<string>(17).fill(`data: ${megabyte}\n`)), RangeError);
  });
});
