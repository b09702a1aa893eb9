import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { OpenFlowError } from '../errors.ts';
import { formatMessage } from '../text/message-text.ts';
import { messageSamples } from '../vectors/message-samples.ts';
import { hasOvsOfctl, ofpPrint, ofpPrintAll } from '../vectors/ovs-ofctl.ts';
import { assertRoundTrip } from '../vectors/round-trip.ts';
import { hexOf } from '../wire/hex.ts';
import { messageCodecs } from './message-codecs.ts';
import { decodeMessage, encodeMessage } from './registry.ts';
import type { Message, Version } from './types.ts';

const allVersions: readonly Version[] = [4, 5, 6];
const skip = hasOvsOfctl ? false : 'ovs-ofctl is not installed';

function nameOf(message: Message): string {
  return 'part' in message ? `${message.type} ${message.part}` : message.type;
}

function hasCode(code: string): (error: unknown) => boolean {
  return (error) => error instanceof OpenFlowError && error.code === code;
}

describe('messages', () => {
  it('has a sample of every type', () => {
    const sampled = new Set(messageSamples.map(({ message }) => message.type));
    const missing = messageCodecs.map(({ type }) => type).filter((type) => !sampled.has(type));
    // These carry another message; they have a test of their own.
    assert.deepEqual(missing, ['bundle-add', 'request-forward']);
  });

  for (const { message, versions = allVersions } of messageSamples) {
    for (const version of versions) {
      it(`${nameOf(message)} survives in version ${version}`, () => {
        assertRoundTrip(message, version);
      });
    }
  }

  for (const sample of messageSamples) {
    if (!('hex' in sample)) continue;
    const { message, versions = allVersions, structure, hex } = sample;
    it(`lays ${nameOf(message)} out as the specification's ${structure}`, () => {
      for (const version of versions) {
        const expected = `0${version}${hex.slice(2)}`;
        assert.equal(hexOf(encodeMessage(message, { version })), expected);
        assert.deepEqual(decodeMessage(Buffer.from(expected, 'hex')), { ...message, xid: 0, version });
      }
    });
  }

  const inner = {
    type: 'group-mod',
    command: 'add',
    groupType: 'all',
    group: 5,
    buckets: [],
  } as const;
  const carriers = [
    (message: Message): Message => ({ type: 'bundle-add', bundle: 7, flags: ['atomic'], message }),
    (request: Message): Message => ({ type: 'request-forward', request }),
  ];
  for (const carry of carriers) {
    it(`carries a message in a ${carry(inner).type}, with the same xid`, async () => {
      for (const version of allVersions) {
        const bytes = encodeMessage(carry(inner), { version, xid: 99 });
        const decoded = decodeMessage(bytes);
        const carried = decodeMessage(encodeMessage(inner, { version, xid: 99 }));
        assert.deepEqual(decoded, { ...carry(carried), xid: 99, version });
        assert.equal(hexOf(encodeMessage(decoded, { version, xid: 99 })), hexOf(bytes));
        if (hasOvsOfctl) assert.match(await ofpPrint(hexOf(bytes)), /ADD group_id=5,type=all/);
      }
    });
  }

  it('keeps unknown messages, properties and multipart bodies as they were', () => {
    const unknown = Uint8Array.from([6, 99, 0, 12, 0, 0, 0, 5, 1, 2, 3, 4]);
    assert.deepEqual(decodeMessage(unknown), { type: 'unknown', raw: unknown, xid: 5, version: 6 });
    assert.deepEqual(encodeMessage(decodeMessage(unknown), { xid: 5 }), unknown);
    const experimenter = Uint8Array.from([6, 4, 0, 16, 0, 0, 0, 5, 0, 0, 0x99, 0x99, 0, 0, 0, 1]);
    assert.deepEqual(encodeMessage(decodeMessage(experimenter), { xid: 5 }), experimenter);
    const packetIn2 = encodeMessage({
      type: 'packet-in2',
      table: 1,
      unknown: [Uint8Array.from([0, 99, 0, 6, 7, 7])],
    });
    assert.deepEqual(encodeMessage(decodeMessage(packetIn2)), packetIn2);
  });

  it('understands a hello of any version, and refuses other messages of unknown versions', () => {
    const hello = Uint8Array.from([9, 0, 0, 8, 0, 0, 0, 1]);
    assert.deepEqual(decodeMessage(hello), { type: 'hello', xid: 1, version: 9 });
    assert.throws(
      () => decodeMessage(Uint8Array.from([1, 5, 0, 8, 0, 0, 0, 1])),
      hasCode('OPENFLOW_UNSUPPORTED_VERSION'),
    );
  });

  it('gives results that share no memory with their input', () => {
    const bytes = encodeMessage({ type: 'echo-request', data: Uint8Array.from([1, 2, 3]) });
    const decoded = decodeMessage(bytes);
    bytes.fill(0);
    assert.deepEqual(decoded.type === 'echo-request' && decoded.data, Uint8Array.from([1, 2, 3]));
  });

  it('gives encoded messages that share no byte with each other', () => {
    const first = encodeMessage({ type: 'echo-request', data: Uint8Array.from([1, 2, 3]) });
    const second = encodeMessage({ type: 'echo-request', data: Uint8Array.from([4, 5, 6]) });
    second.fill(0);
    assert.equal(hexOf(first), '0602000b00000000010203');
  });
});

describe('messages that must be refused', () => {
  it('refuses bytes that end early, go on too long or contradict themselves', () => {
    const bytes = encodeMessage({
      type: 'features-reply',
      datapathId: 1n,
      buffers: 0,
      tables: 1,
      auxiliaryId: 0,
      capabilities: 0,
    });
    assert.throws(() => decodeMessage(bytes.subarray(0, 20)), hasCode('OPENFLOW_TRUNCATED'));
    assert.throws(() => decodeMessage(Uint8Array.from([...bytes, 0])), hasCode('OPENFLOW_BAD_LENGTH'));
    assert.throws(
      () => decodeMessage(Uint8Array.from([6, 20, 0, 4, 0, 0, 0, 0])),
      hasCode('OPENFLOW_BAD_LENGTH'),
    );
    assert.throws(() => decodeMessage(new Uint8Array(3)), hasCode('OPENFLOW_TRUNCATED'));
  });

  it('says where the fault is', () => {
    const bytes = encodeMessage({ type: 'role-request', role: 'equal' });
    bytes[11] = 9;
    assert.throws(
      () => decodeMessage(bytes),
      (error) => error instanceof OpenFlowError && error.code === 'OPENFLOW_BAD_VALUE' && error.offset === 8,
    );
  });

  it('refuses to write what does not fit', () => {
    const config = { type: 'set-config', flags: 0, missSendLength: 65536 } as const;
    assert.throws(() => encodeMessage(config), hasCode('OPENFLOW_VALUE_RANGE'));
    const long = { type: 'echo-request', data: new Uint8Array(65528) } as const;
    assert.throws(() => encodeMessage(long), hasCode('OPENFLOW_TOO_LONG'));
    assert.equal(encodeMessage({ ...long, data: new Uint8Array(65527) }).length, 65535);
    const huge = { type: 'echo-request', data: new Uint8Array(1_000_000) } as const;
    assert.throws(() => encodeMessage(huge), hasCode('OPENFLOW_TOO_LONG'));
    const actions = new Array(5000).fill({ type: 'output', port: 1 });
    assert.throws(() => encodeMessage({ type: 'packet-out', actions }), hasCode('OPENFLOW_TOO_LONG'));
    assert.throws(
      () => encodeMessage({ type: 'barrier-request' }, { xid: -1 }),
      hasCode('OPENFLOW_VALUE_RANGE'),
    );
  });

  it('encodes on after an error', () => {
    assert.throws(() => encodeMessage({ type: 'set-controller-id', id: 70000 }));
    assert.equal(hexOf(encodeMessage({ type: 'barrier-request' }, { xid: 1 })), '0614000800000001');
  });

  it('refuses what a version does not have', () => {
    const action = { type: 'packet-out', actions: [{ type: 'meter', meter: 1 }] } as const;
    assert.throws(() => encodeMessage(action, { version: 4 }), hasCode('OPENFLOW_NOT_IN_VERSION'));
    const bucket = {
      type: 'group-mod',
      command: 'insert-bucket',
      groupType: 'all',
      group: 1,
      buckets: [],
    } as const;
    assert.throws(() => encodeMessage(bucket, { version: 5 }), hasCode('OPENFLOW_NOT_IN_VERSION'));
    const version = 3 as Version;
    assert.throws(
      () => encodeMessage({ type: 'barrier-request' }, { version }),
      hasCode('OPENFLOW_UNSUPPORTED_VERSION'),
    );
  });

  it('refuses bundles in bundles', () => {
    let message: Message = { type: 'barrier-request' };
    for (let i = 0; i < 5; i++) message = { type: 'bundle-add', bundle: 1, flags: [], message };
    assert.throws(() => decodeMessage(encodeMessage(message)), hasCode('OPENFLOW_TOO_DEEP'));
  });
});

describe('messages as text', () => {
  it('names the message and prints flows as ovs-ofctl does', () => {
    assert.equal(formatMessage({ type: 'barrier-request' }), 'barrier-request');
    const printed = messageSamples.map(({ message }) => formatMessage(message));
    assert.ok(
      printed.includes(
        'multipart-request flow-desc: table=3, cookie=0x5, cookieMask=0xff, match=tun_dst=10.0.0.1,metadata=0x5,in_port=3',
      ),
    );
    assert.ok(printed.includes('packet-out: in_port=CONTROLLER actions=output:2 data_len=2'));
    assert.ok(printed.includes('error: OFPFMFC_TABLE_FULL'));
    assert.ok(
      printed.some((text) =>
        text.includes('priority=100,ip,nw_dst=10.0.0.0/8 actions=output:2,goto_table:9'),
      ),
    );
  });
});

describe('messages as ovs-ofctl understands them', { skip }, () => {
  const samples = messageSamples.flatMap((sample) =>
    'printed' in sample ? (sample.versions ?? allVersions).map((version) => ({ ...sample, version })) : [],
  );
  let texts: readonly string[] = [];
  before(async () => {
    texts = await ofpPrintAll(
      samples.map(({ message, version }) => hexOf(encodeMessage(message, { version }))),
    );
  });

  for (const [index, { message, version, printed }] of samples.entries()) {
    it(`${nameOf(message)} in version ${version}`, () => {
      const text = texts[index] ?? '';
      assert.ok(!text.includes('***'), text);
      assert.ok(text.includes(printed), `expected "${printed}" in: ${text}`);
    });
  }
});
