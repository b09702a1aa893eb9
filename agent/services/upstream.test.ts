import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { parseServer, Upstream } from './upstream.ts';

const question = Buffer.from('1234010000010000000000000161016200000100 01'.replaceAll(' ', ''), 'hex');

async function server(
  reply: (message: Buffer) => Buffer[],
): Promise<{ text: string; socket: Socket; seen: Buffer[] }> {
  const socket = createSocket('udp4');
  const seen: Buffer[] = [];
  socket.on('message', (message, { port, address }) => {
    seen.push(message);
    for (const answer of reply(message)) socket.send(answer, port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { text: `127.0.0.1:${socket.address().port}`, socket, seen };
}
const answerOf = (message: Buffer) => {
  const answer = Buffer.from(message);
  answer.writeUInt8(0x81, 2);
  return answer;
};

describe('questions for DNS servers outside', () => {
  it('come back with the id of whoever asked, and go out with another one', async () => {
    const { text, socket, seen } = await server((message) => [answerOf(message)]);
    const upstream = new Upstream([text]);
    for (let round = 0; round < 5; round++) {
      const answer = await upstream.ask(question, false);
      assert.equal(answer?.readUInt16BE(0), 0x1234);
    }
    socket.close();
    assert.ok(new Set(seen.map((message) => message.readUInt16BE(0))).size > 1);
  });

  it('take no answer with another id, and no question for an answer', async () => {
    const { text, socket } = await server((message) => {
      const forged = answerOf(message);
      forged.writeUInt16BE((forged.readUInt16BE(0) + 1) & 0xffff, 0);
      const right = answerOf(message);
      right.writeUInt8(7, right.length - 1);
      return [forged, message, right];
    });
    const answer = await new Upstream([text]).ask(question, false);
    socket.close();
    assert.equal(answer?.at(-1), 7);
  });

  it('are asked of the next server when one is silent, and end when all are', async () => {
    const silent = await server(() => []);
    const speaking = await server((message) => [answerOf(message)]);
    assert.ok(await new Upstream([silent.text, speaking.text]).ask(question, false));
    assert.equal(await new Upstream([silent.text]).ask(question, false), undefined);
    assert.equal(await new Upstream([speaking.text]).ask(question, true), undefined, 'nobody listens on TCP');
    assert.equal(await new Upstream([]).ask(question, false), undefined);
    assert.equal(await new Upstream([speaking.text]).ask(question.subarray(0, 5), false), undefined);
    silent.socket.close();
    speaking.socket.close();
  });

  it('are bounded in number', async () => {
    const { text, socket } = await server(() => []);
    const upstream = new Upstream([text]);
    const waiting = Array.from({ length: 256 }, () => upstream.ask(question, false));
    const began = performance.now();
    assert.equal(await upstream.ask(question, false), undefined);
    assert.ok(performance.now() - began < 500, 'one too many is refused at once');
    await Promise.all(waiting);
    socket.close();
  });
});

describe('addresses of DNS servers', () => {
  it('have a port or not', () => {
    assert.deepEqual(parseServer('192.0.2.53'), { address: '192.0.2.53', port: 53 });
    assert.deepEqual(parseServer('192.0.2.53:5300'), { address: '192.0.2.53', port: 5300 });
    assert.deepEqual(parseServer('2001:db8::53'), { address: '2001:db8::53', port: 53 });
    assert.deepEqual(parseServer('[2001:db8::53]:5300'), { address: '2001:db8::53', port: 5300 });
    for (const text of ['', 'dns.example', '192.0.2.256', '192.0.2.53:0', '192.0.2.53:70000', '[1]:5']) {
      assert.throws(() => parseServer(text), { code: 'wrong-dns-server' }, text);
    }
  });
});
