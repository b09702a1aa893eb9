import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hasPublicNames, internalDomain, privateName, publicName } from './index.ts';

describe('names of addresses', () => {
  it('are those of AWS, which has its own domains for its first region', () => {
    assert.equal(internalDomain('us-east-1'), 'ec2.internal');
    assert.equal(internalDomain('eu-west-1'), 'eu-west-1.compute.internal');
    assert.equal(privateName('10.0.0.5', 'ec2.internal'), 'ip-10-0-0-5.ec2.internal');
    assert.equal(publicName('203.0.113.5', 'us-east-1'), 'ec2-203-0-113-5.compute-1.amazonaws.com');
    assert.equal(publicName('203.0.113.5', 'eu-west-1'), 'ec2-203-0-113-5.eu-west-1.compute.amazonaws.com');
  });

  it('are public where a VPC answers DNS and wants them', () => {
    assert.equal(hasPublicNames({ spec: {} }), false);
    assert.equal(hasPublicNames({ spec: { enableDnsHostnames: true } }), true);
    assert.equal(hasPublicNames({ spec: { enableDnsHostnames: true, enableDnsSupport: true } }), true);
    assert.equal(hasPublicNames({ spec: { enableDnsHostnames: true, enableDnsSupport: false } }), false);
    assert.equal(hasPublicNames({ spec: { enableDnsHostnames: false } }), false);
  });
});
