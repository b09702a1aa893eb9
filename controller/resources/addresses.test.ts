import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { derivedMac, formatMac, gatewayAddress, interfaceMtu, isReservedAddress } from './addresses.ts';
import {
  contains,
  containsNetwork,
  formatCidr,
  formatIpv4,
  type Ipv4Network,
  lastAddress,
  netmask,
  overlaps,
  parseAddress,
  parseCidr,
} from './cidr.ts';

const network = (text: string) => parseCidr(text, 'test');
const networks = fc.tuple(fc.nat({ max: 0xffffffff }), fc.integer({ min: 0, max: 32 })).map(
  ([address, prefixLength]): Ipv4Network => ({
    address: (address & netmask(prefixLength)) >>> 0,
    prefixLength,
  }),
);

describe('MACs that are given out', () => {
  it('say what they are for and for whom, and are unicast and locally administered', () => {
    assert.equal(formatMac(derivedMac('interface', 1)), '02:57:00:00:00:01');
    assert.equal(formatMac(derivedMac('subnetGateway', 0x010203)), '02:57:01:01:02:03');
    assert.equal(formatMac(derivedMac('elasticIp', 0xffffff)), '02:57:02:ff:ff:ff');
    const firstByte = Number(derivedMac('interface', 1) >> 40n);
    assert.deepEqual([firstByte & 1, firstByte & 2], [0, 2]);
  });
});

describe('the addresses of a subnet', () => {
  it('are eleven in a /28 and 251 in a /24, without the first four and the last', () => {
    for (const [text, free] of [
      ['10.0.0.16/28', 11],
      ['10.0.1.0/24', 251],
      ['10.0.0.0/16', 65531],
    ] as const) {
      const subnet = network(text);
      let count = 0;
      for (let address = subnet.address; address <= lastAddress(subnet); address++) {
        if (!isReservedAddress(subnet, address)) count++;
      }
      assert.equal(count, free, text);
      assert.ok(isReservedAddress(subnet, gatewayAddress(subnet)));
    }
    assert.equal(formatIpv4(gatewayAddress(network('10.0.0.16/28'))), '10.0.0.17');
  });

  it('leave an interface 1442 bytes of an underlay with 1500', () => {
    // Outer IPv4 20, UDP 8, Geneve 8, its identity option 8, inner Ethernet 14.
    assert.equal(interfaceMtu, 1500 - (20 + 8 + 8 + 8 + 14));
  });
});

describe('networks', () => {
  it('are read as they are written', () => {
    fc.assert(
      fc.property(networks, (one) => {
        assert.deepEqual(network(formatCidr(one)), one);
        assert.equal(parseAddress(formatIpv4(one.address), 'test'), one.address);
      }),
    );
  });

  it('overlap when one has the other: exactly when they have an address in common', () => {
    fc.assert(
      fc.property(networks, networks, (a, b) => {
        const common = Math.max(a.address, b.address) <= Math.min(lastAddress(a), lastAddress(b));
        assert.equal(overlaps(a, b), common);
        assert.equal(overlaps(b, a), common);
        assert.equal(
          containsNetwork(a, b),
          contains(a, b.address) && contains(a, lastAddress(b)) && a.prefixLength <= b.prefixLength,
        );
      }),
    );
    assert.ok(overlaps(network('10.0.0.0/16'), network('10.0.255.0/24')));
    assert.ok(!overlaps(network('10.0.0.0/16'), network('10.1.0.0/16')));
  });

  it('have every address from the first to the last, also at the upper end', () => {
    const top = network('255.255.255.240/28');
    assert.equal(formatIpv4(lastAddress(top)), '255.255.255.255');
    assert.ok(contains(top, 0xffffffff) && contains(top, 0xfffffff0));
    assert.ok(!contains(top, 0xffffffef));
    assert.equal(netmask(0), 0);
    assert.equal(netmask(32), 0xffffffff);
    assert.equal(lastAddress(network('0.0.0.0/0')), 0xffffffff);
  });
});
