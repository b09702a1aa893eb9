import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PipelineFields } from './pipeline-fields.ts';

describe('pipeline fields of a packet-in', () => {
  it('are registers, however many of them a field holds', () => {
    const { registers } = new PipelineFields([
      { field: 'reg0', value: 5 },
      { field: 'xreg3', value: 0x0000000200000000n, mask: 0xffffffff00000000n },
      { field: 'xreg4', value: 0xcb0071c8_00000001n },
      { field: 'xxreg3', value: 0xa_0000000b_00000000_0000000dn },
    ]);
    assert.deepEqual(
      [...registers],
      [
        [0, 5],
        [6, 2],
        [8, 0xcb0071c8],
        [9, 1],
        [12, 10],
        [13, 11],
        [15, 13],
      ],
    );
  });

  it('carry on what a packet-out may set, and nothing else', () => {
    const fields = new PipelineFields([
      { field: 'in_port', value: 7 },
      { field: 'metadata', value: 5n },
      { field: 'tunnel_id', value: 6n },
      { field: 'tun_ipv4_src', value: 1 },
      { field: 'ct_state', value: 1 },
      { field: 'xreg3', value: 0x200000000n },
    ]);
    assert.deepEqual(fields.carried, [
      { field: 'metadata', value: 5n },
      { field: 'tunnel_id', value: 6n },
      { field: 'tun_ipv4_src', value: 1 },
      { field: 'reg6', value: 2 },
    ]);
    assert.equal(fields.inPort, 7);
  });

  it('say what is missing', () => {
    const fields = new PipelineFields([]);
    assert.throws(() => fields.inPort, { code: 'malformed-packet', message: /in_port/ });
    assert.throws(() => fields.register(6), { code: 'malformed-packet', message: /register 6/ });
  });
});
