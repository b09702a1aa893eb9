import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLab, labRequirements } from './index.ts';

test('nothing is missing where labs run', () => {
  assert.deepEqual(labRequirements(), []);
});

test('each missing command is told with its Debian package, and no lab starts', async () => {
  const path = process.env.PATH;
  process.env.PATH = '/nonexistent';
  try {
    const missing = labRequirements();
    const vswitchd = missing.find((requirement) => requirement.what === 'ovs-vswitchd');
    assert.deepEqual(vswitchd, {
      what: 'ovs-vswitchd',
      package: 'openvswitch-switch',
      message: 'ovs-vswitchd is not installed: apt install openvswitch-switch',
    });
    assert.ok(missing.some((requirement) => requirement.package === 'iproute2'));
    assert.ok(missing.every((requirement) => !requirement.message.includes('\n')));
    await assert.rejects(createLab({ hosts: 1 }), {
      code: 'requirement-missing',
      message: /apt install ethtool/,
    });
  } finally {
    process.env.PATH = path;
  }
});

test('a user without root is told so', () => {
  const getuid = process.getuid;
  process.getuid = () => 1_000;
  try {
    const [first] = labRequirements();
    assert.deepEqual(
      [first?.what, first?.message],
      ['root', 'labs make network namespaces: run this as root'],
    );
  } finally {
    Object.assign(process, { getuid });
  }
});
