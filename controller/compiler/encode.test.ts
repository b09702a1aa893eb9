import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type CompiledFragment,
  call,
  cookiePrefix,
  decodeCookie,
  type Flow,
  type FragmentDefinition,
  globalScope,
  isIpv4,
  on,
  onRegister,
  PipelineViolation,
  type Scope,
  tableOf,
} from '../pipeline/index.ts';
import { encodeFragment } from './encode.ts';

const definition: FragmentDefinition = { name: 'test.fragment', code: 20, compile: () => undefined };
const vpc: Scope = { type: 'vpc', id: 'vpc-1', number: 7 };
const inVpc = on('metadata', 7n);

const flow = (nextHop: number, more: Partial<Flow> = {}): Flow => ({
  stage: 'resolve',
  priority: 100,
  match: [inVpc, onRegister('nextHop', nextHop)],
  actions: [],
  goto: 'forward',
  ...more,
});
const encode = (flows: Flow[], more: Partial<CompiledFragment> = {}) =>
  encodeFragment(definition, 'eni-1', { scope: vpc, number: 5, flows, ...more }, undefined);

describe('an encoded fragment', () => {
  it('has one cookie on all of its flow-mods: kind, number, and a checksum of the content', () => {
    const { key, cookie, bytes, flowCount } = encode([flow(1), flow(2)]);
    assert.equal(key, '20:eni-1');
    assert.equal(flowCount, 2);
    assert.equal(cookie >> 56n, cookiePrefix);
    const { fragmentKind, number } = decodeCookie(cookie) ?? {};
    assert.deepEqual([fragmentKind, number], [20, 5]);
    const buffer = Buffer.from(bytes);
    const length = buffer.readUInt16BE(2);
    assert.equal(buffer.length, 2 * length);
    for (const start of [0, length]) {
      assert.equal(buffer.readUInt8(start + 1), 14, 'flow-mod');
      assert.equal(buffer.readBigUInt64BE(start + 8), cookie);
      assert.equal(buffer.readUInt8(start + 24), tableOf('resolve'));
    }
  });

  it('is installed from the highest priority down, so that what drops stands before what it drops from', () => {
    const priorities = [100, 110, 50, 110, 65000];
    const flows = priorities.map((priority, index) => flow(index, { priority }));
    const bytes = Buffer.from(encode(flows).bytes);
    const found: number[] = [];
    for (let start = 0; start < bytes.length; start += bytes.readUInt16BE(start + 2)) {
      found.push(bytes.readUInt16BE(start + 30));
    }
    assert.deepEqual(found, [65000, 110, 110, 100, 50]);
  });

  it('denies when all of its flows drop', () => {
    const { goto: _none, ...drop } = flow(1);
    assert.equal(encode([drop]).denies, true);
    assert.equal(encode([drop, flow(2)]).denies, false);
    assert.equal(encode([{ ...drop, actions: [{ type: 'decrement-ttl' }] }]).denies, false);
  });

  it('is the same for the same content, and has another cookie for another one', () => {
    const first = encode([flow(1)]);
    assert.deepEqual(encode([flow(1)]), first);
    const others = [
      encode([flow(2)]),
      encode([flow(1, { priority: 99 })]),
      encode([flow(1), flow(2)]),
      encode([flow(1)], { number: 6 }),
      encode([]),
    ];
    assert.equal(new Set([first, ...others].map(({ cookie }) => cookie)).size, 6);
  });

  it('takes the next version when another content has the same checksum', () => {
    const first = encode([flow(1)]);
    const collided = { ...first, bytes: Uint8Array.from(first.bytes, (byte) => byte ^ 1) };
    const compiled = { scope: vpc, number: 5, flows: [flow(1)] };
    const next = encodeFragment(definition, 'eni-1', compiled, collided);
    const version = decodeCookie(first.cookie)?.version as number;
    assert.equal(decodeCookie(next.cookie)?.version, (version + 1) & 0x3ff_ffff);
    assert.equal(Buffer.from(next.bytes).readBigUInt64BE(8), next.cookie, 'on the wire, too');
    assert.equal(encodeFragment(definition, 'eni-1', compiled, first).cookie, first.cookie);
  });

  it('keeps what goes with it', () => {
    const before = [{ type: 'ct-flush-zone', zone: 2 }] as const;
    const waitsFor = [{ definition, id: 'x' }];
    const fragment = encode([flow(1)], { before, waitsFor });
    assert.deepEqual([fragment.before, fragment.after, fragment.waitsFor], [before, [], waitsFor]);
  });
});

describe('a fragment is refused', () => {
  const refuse = (what: Flow, scope: Scope, message: RegExp) =>
    assert.throws(
      () => encodeFragment(definition, 'eni-1', { scope, number: 5, flows: [flow(1), what] }, undefined),
      (error) => error instanceof PipelineViolation && message.test(error.message),
    );

  it('when a flow of a VPC could outlive it: metadata is missing, masked, or of another VPC', () => {
    const message = /stage resolve \(priority 100\) is of scope VPC vpc-1, but does not match its metadata/;
    refuse(flow(1, { match: [onRegister('nextHop', 1)] }), vpc, message);
    refuse(flow(1, { match: [on('metadata', 7n, 0xffn)] }), vpc, message);
    refuse(flow(1, { match: [on('metadata', 8n)] }), vpc, message);
    const free = flow(1, { match: [onRegister('nextHop', 1)] });
    encodeFragment(definition, 'eni-1', { scope: globalScope, number: 0, flows: [free] }, undefined);
  });

  it('when a flow matches or goes where its stage does not say', () => {
    refuse(flow(1, { match: [inVpc, on('eth_src', 1n)] }), vpc, /matches eth_src, which is not declared/);
    refuse(flow(1, { goto: 'deliver' }), vpc, /goes to deliver, which is not declared/);
    refuse(flow(1, { goto: 'admit' }), vpc, /goes to admit/);
    refuse(flow(1, { actions: [call('egress-rules')] }), vpc, /calls egress-rules, which is not declared/);
    const track = { type: 'conntrack', zone: 1, table: tableOf('locate') } as const;
    refuse(flow(1, { actions: [track] }), vpc, /continues in locate, which is not declared/);
    refuse(flow(1, { stage: 'nowhere' as never }), vpc, /is in no declared stage/);
  });

  it('but calls and conntrack that are declared are not', () => {
    const match = [isIpv4];
    const flows: Flow[] = [
      {
        stage: 'egress-track',
        priority: 1,
        match,
        actions: [{ type: 'conntrack', zone: 1, table: tableOf('egress-check') }],
      },
      { stage: 'egress-check', priority: 1, match, actions: [call('egress-rules')], goto: 'egress-verdict' },
    ];
    const encoded = encodeFragment(definition, 'x', { scope: globalScope, number: 0, flows }, undefined);
    assert.equal(encoded.flowCount, 2);
  });
});
