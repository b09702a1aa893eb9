import assert from 'node:assert/strict';
import { isIPv6 } from 'node:net';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { assertWeftError } from '../testing/assertions.ts';
import {
  canonicalIpv6Cidr,
  containsIpv6,
  containsIpv6Network,
  formatIpv6,
  formatIpv6Cidr,
  type Ipv6Network,
  ipv6Netmask,
  isReservedIpv6Address,
  lastIpv6Address,
  linkLocalAddress,
  overlapsIpv6,
  parseIpv6Address,
  parseIpv6Cidr,
  tryParseIpv6,
} from './ipv6.ts';

const field = 'spec.ipv6CidrBlock';
const addresses = fc.oneof(
  fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }),
  // Mostly zeros: where the short form has choices.
  fc
    .array(fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 0xffffn })), { minLength: 8, maxLength: 8 })
    .map((groups) => groups.reduce((sum, group) => (sum << 16n) | group, 0n)),
);
const networks = fc.tuple(addresses, fc.integer({ min: 0, max: 128 })).map(
  ([address, prefixLength]): Ipv6Network => ({
    address: address & ipv6Netmask(prefixLength),
    prefixLength,
  }),
);

describe('IPv6 addresses', () => {
  it('are read as they are written', () => {
    fc.assert(
      fc.property(addresses, (address) => {
        const text = formatIpv6(address);
        assert.ok(isIPv6(text), text);
        assert.equal(parseIpv6Address(text, field), address);
        assert.equal(tryParseIpv6(text.toUpperCase()), address);
        // The parser of URLs writes addresses as RFC 5952 says.
        assert.equal(new URL(`http://[${text}]/`).hostname, `[${text}]`);
      }),
    );
  });

  it('have one form, whatever was given', () => {
    for (const [given, form] of [
      ['2001:DB8::0:1', '2001:db8::1'],
      ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
      ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
      ['0:0:0:0:0:0:0:0', '::'],
      ['fe80::0057:01ff:fe00:1', 'fe80::57:1ff:fe00:1'],
    ] as const) {
      assert.equal(formatIpv6(parseIpv6Address(given, field)), form);
    }
  });

  for (const text of [
    '',
    '10.0.0.1',
    '2001:db8::1%eth0',
    ':::',
    '2001:db8',
    '1::2::3',
    '2001:db8::g',
    '::1/128',
  ]) {
    it(`are not ${JSON.stringify(text)}`, () => {
      assert.equal(tryParseIpv6(text), undefined);
      assert.throws(
        () => parseIpv6Address(text, field),
        (error) => {
          assertWeftError(error, { code: 'invalid-value', field, value: text, fix: /2001:db8/ });
          return true;
        },
      );
    });
  }

  it('of links come from MACs', () => {
    assert.equal(formatIpv6(linkLocalAddress(0x0257_0100_0001n)), 'fe80::57:1ff:fe00:1');
    assert.equal(formatIpv6(linkLocalAddress(0x525400_123456n)), 'fe80::5054:ff:fe12:3456');
  });
});

describe('IPv6 networks', () => {
  it('are read as they are written', () => {
    fc.assert(
      fc.property(networks, (network) => {
        const text = formatIpv6Cidr(network);
        assert.deepEqual(parseIpv6Cidr(text, field), network);
        assert.equal(canonicalIpv6Cidr(text.toUpperCase(), field), text);
      }),
    );
  });

  it('overlap exactly when they have an address in common', () => {
    fc.assert(
      fc.property(networks, networks, (a, b) => {
        // Two networks are one inside of the other, or apart.
        const apart = lastIpv6Address(a) < b.address || lastIpv6Address(b) < a.address;
        assert.equal(overlapsIpv6(a, b), !apart);
        assert.equal(
          containsIpv6Network(a, b),
          containsIpv6(a, b.address) &&
            containsIpv6(a, lastIpv6Address(b)) &&
            a.prefixLength <= b.prefixLength,
        );
      }),
    );
  });

  it('have no bits beyond their prefix; the network that was meant is named', () => {
    assert.throws(
      () => parseIpv6Cidr('2001:db8::5/64', field),
      (error) => {
        assertWeftError(error, {
          code: 'invalid-value',
          field,
          value: '2001:db8::5/64',
          fix: /2001:db8::\/64/,
        });
        return true;
      },
    );
  });

  for (const text of [
    '2001:db8::',
    '2001:db8::/',
    '2001:db8::/129',
    '2001:db8::/064',
    '10.0.0.0/8',
    '::/-1',
    '/64',
  ]) {
    it(`are not ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseIpv6Cidr(text, field), { code: 'invalid-value' });
    });
  }

  it('keep their first four addresses and the last one', () => {
    const subnet = parseIpv6Cidr('2001:db8::/64', field);
    const reserved = (text: string) => isReservedIpv6Address(subnet, parseIpv6Address(text, field));
    for (const text of ['2001:db8::', '2001:db8::3', '2001:db8::ffff:ffff:ffff:ffff'])
      assert.ok(reserved(text), text);
    for (const text of ['2001:db8::4', '2001:db8::ffff:ffff:ffff:fffe']) assert.ok(!reserved(text), text);
  });
});
