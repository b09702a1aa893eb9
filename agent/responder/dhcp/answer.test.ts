import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { AgentError } from '../../errors.ts';
import { type ClientMessage, clientFrame, readReply, sumOf } from '../../testing/dhcp-client.ts';
import { answerDhcp } from './answer.ts';

const ours = 0x0a000005; // 10.0.0.5
const other = 0x0a000006;
const server = 0x0a000001;
const fixed = Buffer.from('0a0000050a000001025700fffffe', 'hex');
const mask = '0104ffffff00';
const router = '03040a000001';
const times = '330400000e103a04000007083b0400000c4e';
const payload = Buffer.concat([fixed, Buffer.from(mask + router + times, 'hex')]);
const uint32 = (value: number) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];

function answer(message: ClientMessage, flowPayload = payload) {
  const outcome = answerDhcp(clientFrame(message), flowPayload);
  assert.equal(outcome.type, 'answer', outcome.type === 'silence' ? outcome.reason : '');
  return {
    kind: outcome.type === 'answer' && outcome.kind,
    ...readReply((outcome as { frame: Buffer }).frame),
  };
}
const silence = (message: ClientMessage) => answerDhcp(clientFrame(message), payload).type === 'silence';

describe('DHCP answers (RFC 2131, section 4.3)', () => {
  it('offers the address of the flow on DISCOVER', () => {
    const offer = answer({ type: 1 });
    assert.equal(offer.kind, 'offer');
    assert.equal(offer.operation, 2);
    assert.equal(offer.transaction, 0xdeadbeef);
    assert.equal(offer.yourAddress, '10.0.0.5');
    assert.equal(offer.clientAddress, '0.0.0.0');
    assert.equal(offer.clientMac, '025700000001');
    assert.deepEqual(offer.ports, [67, 68]);
    assert.equal(offer.ipSource, '10.0.0.1');
    assert.equal(offer.ipDestination, '10.0.0.5');
    assert.equal(offer.ethernetSource, '025700fffffe');
    assert.equal(offer.ethernetDestination, '025700000001');
    assert.deepEqual(Object.fromEntries(offer.options), {
      53: '02',
      54: '0a000001',
      51: '00000e10',
      58: '00000708',
      59: '00000c4e',
      1: 'ffffff00',
      3: '0a000001',
    });
  });

  it('tells routes to those alone that ask for them, since they use no others (RFC 3442)', () => {
    const routes = '790920a9fea9fe0a000001';
    const flow = Buffer.concat([payload, Buffer.from(routes, 'hex')]);
    assert.equal(answer({ type: 1 }, flow).options.get(121), undefined);
    assert.equal(answer({ type: 1, options: [[55, [1, 3]]] }, flow).options.get(121), undefined);
    const { options } = answer({ type: 1, options: [[55, [121, 3, 1]]] }, flow);
    assert.equal(options.get(121), routes.slice(4));
    const order = [...options.keys()].filter((code) => [1, 3, 121].includes(code));
    assert.deepEqual(order, [121, 3, 1], 'in the order of the question');
  });

  it('is at least as long as BOOTP asks for, with right checksums', () => {
    const outcome = answerDhcp(clientFrame({ type: 1 }), payload);
    const frame = (outcome as { frame: Buffer }).frame;
    assert.equal(readReply(frame).bootpLength, 300);
    assert.equal(sumOf(frame.subarray(14, 34)), 0xffff);
    const udpLength = frame.subarray(38, 40);
    const pseudoHeader = Buffer.concat([frame.subarray(26, 34), Buffer.from([0, 17]), udpLength]);
    assert.equal(sumOf(pseudoHeader, frame.subarray(34)), 0xffff);
  });

  it('broadcasts when the client asks for it, and keeps the flag', () => {
    const offer = answer({ type: 1, flags: 0x8000 });
    assert.equal(offer.flags, 0x8000);
    assert.equal(offer.ipDestination, '255.255.255.255');
    assert.equal(offer.ethernetDestination, 'ffffffffffff');
  });

  it('acknowledges a REQUEST that selects this server, and one that asks for the address again', () => {
    for (const options of [
      [
        [50, uint32(ours)],
        [54, uint32(server)],
      ],
      [[50, uint32(ours)]],
    ] as ClientMessage['options'][]) {
      const ack = answer({ type: 3, ...(options ? { options } : {}) });
      assert.equal(ack.kind, 'acknowledge');
      assert.equal(ack.options.get(53), '05');
      assert.equal(ack.yourAddress, '10.0.0.5');
    }
  });

  it('renews by unicast to the address that the client has', () => {
    const ack = answer({ type: 3, clientAddress: ours, flags: 0x8000, source: ours });
    assert.equal(ack.kind, 'acknowledge');
    assert.equal(ack.clientAddress, '10.0.0.5');
    assert.equal(ack.ipDestination, '10.0.0.5');
    assert.equal(ack.ethernetDestination, '025700000001');
  });

  it('refuses another address, to everyone, without a lease', () => {
    for (const message of [
      { type: 3, options: [[50, uint32(other)]] },
      { type: 3, clientAddress: other },
    ] satisfies ClientMessage[]) {
      const refusal = answer(message);
      assert.equal(refusal.kind, 'refuse');
      assert.equal(refusal.options.get(53), '06');
      assert.equal(refusal.options.get(54), '0a000001');
      assert.equal(refusal.options.has(51), false);
      assert.equal(refusal.yourAddress, '0.0.0.0');
      assert.equal(refusal.clientAddress, '0.0.0.0');
      assert.equal(refusal.ipDestination, '255.255.255.255');
      assert.match(Buffer.from(refusal.options.get(56) ?? '', 'hex').toString(), /10\.0\.0\.6/);
    }
  });

  it('tells settings but no lease on INFORM', () => {
    const ack = answer({ type: 8, clientAddress: ours, source: ours });
    assert.equal(ack.kind, 'acknowledge');
    assert.equal(ack.yourAddress, '0.0.0.0');
    assert.equal(ack.clientAddress, '10.0.0.5');
    for (const code of [51, 58, 59]) assert.equal(ack.options.has(code), false);
    assert.equal(ack.options.get(3), '0a000001');
  });

  it('says nothing to DECLINE, RELEASE, and to clients of another server', () => {
    assert.ok(silence({ type: 4 }));
    assert.ok(silence({ type: 7, clientAddress: ours }));
    assert.ok(
      silence({
        type: 3,
        options: [
          [50, uint32(other)],
          [54, uint32(0x0a000099)],
        ],
      }),
    );
  });

  it('answers a relay agent at its port, keeping its address', () => {
    const offer = answer({ type: 1, relayAddress: other });
    assert.equal(offer.relayAddress, '10.0.0.6');
    assert.equal(offer.ipDestination, '10.0.0.6');
    assert.deepEqual(offer.ports, [67, 67]);
  });

  it('follows the order of the parameter list and returns the client identifier', () => {
    const offer = answer({
      type: 1,
      options: [
        [55, [3, 1]],
        [61, [1, 2, 3]],
      ],
    });
    const codes = [...offer.options.keys()];
    assert.ok(codes.indexOf(3) < codes.indexOf(1));
    assert.equal(offer.options.get(61), '010203');
  });

  it('gives a lease time when the flow has none', () => {
    const offer = answer({ type: 1 }, Buffer.concat([fixed, Buffer.from(mask, 'hex')]));
    assert.equal(offer.options.get(51), '00000e10');
  });

  it('leaves out what the client cannot take, and sends it when it can', () => {
    const long = Buffer.alloc(202, 7);
    long.set([43, 200]);
    const flow = Buffer.concat([fixed, long, long.with(0, 44), long.with(0, 45)]);
    const few = answer({ type: 1 }, flow);
    const many = answer({ type: 1, options: [[57, [0x05, 0xdc]]] }, flow);
    assert.ok(few.bootpLength <= 548);
    assert.equal(few.options.has(45), false);
    assert.equal(many.options.has(45), true);
  });

  it('refuses what is no request for an address', () => {
    const refused = (message: ClientMessage, pattern: RegExp) =>
      assert.throws(() => answer(message), { code: 'malformed-packet', message: pattern });
    refused({ type: 3 }, /names no address/);
    refused({ type: 2 }, /message type 2/);
    refused({ type: 3, options: [[50, [1, 2]]] }, /option 50 has 2 bytes/);
  });
});

describe('DHCP parsing of hostile bytes', () => {
  const onlyAgentErrors = (frame: Buffer, flowPayload: Buffer) => {
    try {
      answerDhcp(frame, flowPayload);
    } catch (error) {
      assert.ok(error instanceof AgentError && error.code === 'malformed-packet', String(error));
    }
  };

  it('survives random frames and payloads', () => {
    const bytes = fc.uint8Array({ maxLength: 700 }).map((array) => Buffer.from(array));
    fc.assert(fc.property(bytes, bytes, onlyAgentErrors), { numRuns: 500 });
  });

  it('survives any changed byte and any cut of a good frame', () => {
    const good = clientFrame({
      type: 3,
      options: [
        [50, uint32(ours)],
        [55, [1, 3]],
        [52, [3]],
      ],
    });
    const position = fc.nat(good.length - 1);
    fc.assert(
      fc.property(position, fc.nat(255), position, (at, value, end) => {
        onlyAgentErrors(Buffer.from(good.with(at, value)), payload);
        onlyAgentErrors(good.subarray(0, end), payload);
        onlyAgentErrors(good, payload.subarray(0, end % payload.length));
      }),
      { numRuns: 1000 },
    );
  });
});
