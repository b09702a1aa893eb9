import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertWeftError } from '../testing/assertions.ts';
import { formatCidr, parseAddress, parseCidr } from './cidr.ts';

const field = 'spec.cidrBlock';

describe('a network in CIDR notation', () => {
  for (const text of ['0.0.0.0/0', '10.0.0.0/8', '10.0.0.0/16', '10.0.0.4/30', '255.255.255.255/32']) {
    it(`is ${text}, and nothing else is the same network`, () => {
      assert.equal(formatCidr(parseCidr(text, field)), text);
    });
  }

  // Two ways to write one network would be two matches in one place, of which the later takes the earlier one's flows.
  for (const text of [
    ...['10.0.0.0/08', '0.0.0.0/00', '010.0.0.0/8', '10.0.0.0/', '10.0.0.0', '10.0.0.0/33', '10.0.0/8'],
    ...['10.0.0.0/-1', '10.0.0.0/8 ', '10.0.0.0/8/8', '256.0.0.0/8', '0x0a.0.0.0/8', ''],
  ]) {
    it(`is not ${JSON.stringify(text)}`, () => {
      assert.throws(
        () => parseCidr(text, field),
        (error) => {
          assertWeftError(error, { code: 'invalid-value', field, value: text, fix: /10\.0\.0\.0\/16/ });
          return true;
        },
      );
    });
  }

  it('has no bits beyond its prefix; the network that was meant is named', () => {
    assert.throws(
      () => parseCidr('10.0.0.5/24', field),
      (error) => {
        assertWeftError(error, {
          code: 'invalid-value',
          field,
          value: '10.0.0.5/24',
          fix: /10\.0\.0\.0\/24/,
        });
        return true;
      },
    );
  });
});

describe('an address', () => {
  it('has four decimal numbers and one form', () => {
    assert.equal(parseAddress('10.0.0.5', field), 0x0a000005);
    for (const text of ['10.0.0.05', '10.0.5', '10.0.0.256', '10.0.0.5/32', '']) {
      assert.throws(() => parseAddress(text, field), { code: 'invalid-value' });
    }
  });
});
