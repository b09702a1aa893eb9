import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { decodeMessage, encodeMessage } from '../messages/registry.ts';
import type { Version } from '../messages/types.ts';
import { formatFlow } from '../text/flow-format.ts';
import { hexOf } from '../wire/hex.ts';
import { errorVectors } from './error-vectors.ts';
import { fieldVectors } from './field-vectors.ts';
import { hasOvsOfctl, ofpPrintAll } from './ovs-ofctl.ts';
import { matchAndActions } from './printed-flow.ts';

interface Recorded {
  readonly hex: string;
  /** What ofp-print says; absent where Open vSwitch does not have the entry. */
  readonly printed?: string;
}

function read<Vector>(name: string): (Vector & Recorded)[] {
  return JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8')) as (Vector & Recorded)[];
}

const fields = read<{ readonly code: string }>('./fields.json');
const errors = read<{ readonly codeName: string }>('./errors.json');

/** Fields of the standard that Open vSwitch does not have. */
const standardOnly = /^OXM_OF_(IN_PHY_PORT|PBB_ISID|PBB_UCA|IPV6_EXTHDR)$/;
/**
 * Open vSwitch prints the first two under names that it cannot read, the third as dl_vlan and dl_vlan_pcp, and the last as
 * the masked `+oam`.
 */
const printedOtherwise = /ERSPAN|GTPU|NXM_OF_VLAN_TCI|TUN_FLAGS/;

/** Names of errors that Open vSwitch has kept from OpenFlow 1.0, or has one of for several. */
const otherNames: Readonly<Record<string, string>> = {
  OFPBRC_BAD_MULTIPART: 'OFPBRC_BAD_STAT',
  OFPBRC_BAD_EXPERIMENTER: 'OFPBRC_BAD_VENDOR',
  OFPBRC_BAD_EXP_TYPE: 'OFPBRC_BAD_SUBTYPE',
  OFPBAC_BAD_EXPERIMENTER: 'OFPBAC_BAD_VENDOR',
  OFPBAC_BAD_EXP_TYPE: 'OFPBAC_BAD_VENDOR_TYPE',
  OFPTFFC_BAD_TYPE: 'OFPBPC_BAD_TYPE',
  OFPTFFC_BAD_LEN: 'OFPBPC_BAD_LEN',
  OFPTFFC_BAD_ARGUMENT: 'OFPBPC_BAD_VALUE',
};

describe('every field under each of its numbers, in each version', () => {
  it('is recorded', () => {
    assert.deepEqual(
      fields.map(({ code, hex }) => ({ code, hex })),
      fieldVectors(),
    );
    const unprinted = fields.filter(({ code, printed }) => !printed && !standardOnly.test(code));
    assert.deepEqual(unprinted, []);
  });

  it('is read as ofp-print reads it', () => {
    for (const { code, hex, printed } of fields) {
      const flow = decodeMessage(Buffer.from(hex, 'hex'));
      assert.equal(flow.type, 'flow-mod');
      assert.ok(!formatFlow(flow).includes('oxm_'), `${code} is not known: ${formatFlow(flow)}`);
      if (!printed || printedOtherwise.test(code)) continue;
      assert.equal(formatFlow(flow), matchAndActions(printed), code);
    }
  });

  it('means the same when it is written again, under the number that the version prefers', () => {
    for (const { code, hex } of fields) {
      const flow = decodeMessage(Buffer.from(hex, 'hex'));
      const version = flow.version as Version;
      assert.deepEqual(decodeMessage(encodeMessage(flow, { version })), flow, code);
    }
  });
});

describe('every error in each version', () => {
  it('is recorded', () => {
    assert.deepEqual(
      errors.map(({ codeName, hex }) => ({ codeName, hex })),
      errorVectors(),
    );
    const unprinted = errors.filter(
      ({ codeName, printed }) => !printed && !codeName.startsWith('OFPTFFC_BAD_'),
    );
    assert.deepEqual(unprinted, []);
  });

  it('has the name that ofp-print says, and the same bytes again', () => {
    for (const { codeName, hex, printed } of errors) {
      const message = decodeMessage(Buffer.from(hex, 'hex'));
      assert.equal(message.type === 'error' && message.codeName, codeName);
      assert.equal(hexOf(encodeMessage(message, { version: message.version as Version })), hex);
      const [, name] = /\): (\w+)/.exec(printed ?? '') ?? [];
      if (printed) assert.ok(name === codeName || name === otherNames[codeName], `${codeName}: ${printed}`);
    }
  });
});

describe('the installed ovs-ofctl', { skip: hasOvsOfctl ? false : 'ovs-ofctl is not installed' }, () => {
  it('prints what is recorded', async () => {
    const recorded = [...fields, ...errors].filter(({ printed }) => printed !== undefined);
    const texts = await ofpPrintAll(recorded.map(({ hex }) => hex));
    assert.deepEqual(
      texts,
      recorded.map(({ printed }) => printed),
    );
  });
});
