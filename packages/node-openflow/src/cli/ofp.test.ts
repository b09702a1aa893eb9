import assert from 'node:assert/strict';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { decodeMessage } from '../messages/registry.ts';
import { ofp } from './ofp.ts';

async function run(args: readonly string[], lines: readonly string[]) {
  const output = new PassThrough();
  const errors = new PassThrough();
  const status = await ofp(args, Readable.from(lines.map((line) => `${line}\n`)), output, errors);
  output.end();
  errors.end();
  const printed = (await text(output)).split('\n').filter((line) => line !== '');
  return { status, results: printed.map((line) => JSON.parse(line) as unknown), errors: await text(errors) };
}

describe('ofp', () => {
  it('prints messages', async () => {
    const { status, results } = await run(['print'], ['06140008 0000000a']);
    assert.equal(status, 0);
    assert.deepEqual(results, [{ type: 'barrier-request', xid: 10, version: 6, text: 'barrier-request' }]);
    const echo = await run(['print'], ['0602000a000000010102']);
    assert.deepEqual((echo.results[0] as { data: string }).data, '0102');
  });

  it('encodes what it decoded', async () => {
    const { results } = await run(['roundtrip'], ['0614000800000001', '0463000800000005']);
    assert.deepEqual(results, [{ hex: '0614000800000001' }, { hex: '0463000800000005' }]);
  });

  it('encodes flows as ovs-ofctl does', async () => {
    const { results } = await run(
      ['encode'],
      [
        '{"version":"OpenFlow13","command":"del-flows","text":"table=3"}',
        '{"command":"add-flow","text":"reg0=5 actions=drop"}',
      ],
    );
    const [deletion, addition] = results as { hex: string[] }[];
    assert.match(deletion?.hex[0] ?? '', /^040e0038/);
    assert.match(addition?.hex[0] ?? '', /800101100000000500000000ffffffff00000000/);
  });

  it('encodes groups, meters and bundles', async () => {
    const { results } = await run(
      ['encode'],
      [
        '{"command":"add-group","text":"group_id=1,type=all,bucket=output:1"}',
        '{"command":"del-meters"}',
        '{"command":"bundle","text":"flow add actions=drop\\nflow delete table=3","version":"OpenFlow13"}',
      ],
    );
    const types = results.map((result) =>
      (result as { hex: string[] }).hex.map((hex) => decodeMessage(Buffer.from(hex, 'hex')).type),
    );
    assert.deepEqual(types, [
      ['group-mod'],
      ['meter-mod'],
      ['bundle-control', 'bundle-add', 'bundle-add', 'bundle-control'],
    ]);
  });

  it('goes on after a line that it cannot process', async () => {
    const { status, results } = await run(['print'], ['xyz', '', '06140004', '0614000800000001']);
    assert.equal(status, 0);
    const codes = results.map((result) => (result as { error?: { code: string } }).error?.code);
    assert.deepEqual(codes, ['OPENFLOW_BAD_TEXT', 'OPENFLOW_TRUNCATED', 'OPENFLOW_TRUNCATED', undefined]);
    const requests = ['nonsense', '5', '{"version":"x"}', '{"command":"x"}', '{}', '{"text":"ip"}'];
    const encoded = await run(['encode'], requests);
    assert.equal(encoded.results.length, requests.length);
    for (const result of encoded.results) assert.ok((result as { error?: object }).error);
  });

  it('refuses other arguments', async () => {
    const { status, errors } = await run(['nonsense'], []);
    assert.equal(status, 2);
    assert.match(errors, /usage/);
  });
});
