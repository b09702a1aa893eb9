import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { uuid } from 'ovsdb-client';
import { FakeController } from '../testing/fake-controller.ts';
import { judgeCertificate, judgeValidity } from './certificates.ts';
import { judgeClock } from './controller.ts';
import type { SwitchRows } from './database.ts';
import { examineHost } from './examine.ts';
import type { Finding } from './finding.ts';
import { judgeSwitch, tunnelAddressOf } from './switch.ts';
import { judgeListening, judgeUnderlay, type Underlay } from './underlay.ts';

type Bridge = SwitchRows['bridges'][number];
type Interface = SwitchRows['interfaces'][number];

const target = uuid(randomUUID());
const bridge: Bridge = {
  name: 'br-int',
  fail_mode: 'secure',
  protocols: ['OpenFlow15'],
  datapath_type: 'system',
  controller: [target],
};
const tunnel: Interface = {
  name: 'weft-geneve',
  type: 'geneve',
  options: new Map([['local_ip', '198.18.0.1']]),
  external_ids: new Map(),
  ofport: 1,
  error: undefined,
};
const controllerRow = { target: 'tcp:192.0.2.1:6653', is_connected: true, status: new Map<string, string>() };
const root = { next_cfg: 4, cur_cfg: 4, datapath_types: ['netdev', 'system'], ovs_version: '3.1.0' };
const good: SwitchRows = {
  root,
  bridges: [bridge],
  interfaces: [tunnel],
  controllers: new Map([[target, controllerRow]]),
};

const bad = (findings: readonly Finding[]) => findings.filter(({ state }) => state !== 'pass');

/** Exactly this one check is not passed, for this reason, with something to do. */
function only(findings: readonly Finding[], state: Finding['state'], check: string, about: RegExp): void {
  const [finding, ...others] = bad(findings);
  assert.deepEqual(others, []);
  assert.deepEqual([finding?.state, finding?.check], [state, check]);
  assert.match(finding?.about ?? '', about);
  assert.ok((finding?.fix ?? '').length > 10);
}

describe('what the database says', () => {
  const judge = (changes: Partial<SwitchRows>, kernelModule = true) =>
    judgeSwitch({ ...good, ...changes }, { kernelModule, version: undefined });

  it('is good', () => {
    assert.deepEqual(bad(judge({})), []);
    assert.equal(tunnelAddressOf(good), '198.18.0.1');
  });

  it('shows a version that is too old, or none', () => {
    for (const [version, isOld] of [
      ['2.17.1', true],
      ['3.0.9', true],
      ['3.10.0', false],
      ['4.0.0', false],
    ] as const) {
      const findings = judge({ root: { ...root, ovs_version: version } });
      if (isOld) only(findings, 'fail', 'Open vSwitch', /too old/);
      else assert.deepEqual(bad(findings), []);
    }
    const silent = { ...good, root: { ...root, ovs_version: undefined } };
    only(
      judgeSwitch(silent, { kernelModule: true, version: undefined }),
      'warn',
      'Open vSwitch',
      /found out/,
    );
    only(judgeSwitch(silent, { kernelModule: true, version: '2.17.0' }), 'fail', 'Open vSwitch', /too old/);
  });

  it('shows an ovs-vswitchd that does nothing', () => {
    only(judge({ root: { ...root, next_cfg: 5 } }), 'fail', 'ovs-vswitchd', /4 of 5/);
  });

  it('shows a bridge that is missing, or set up by others', () => {
    only(judge({ bridges: [] }), 'fail', 'br-int', /no such bridge/);
    only(judge({ bridges: [{ ...bridge, fail_mode: undefined }] }), 'fail', 'br-int', /fail_mode is not set/);
    only(judge({ bridges: [{ ...bridge, protocols: [] }] }), 'fail', 'br-int', /OpenFlow 1\.5/);
  });

  it('warns of the userspace datapath, with another fix where the kernel could', () => {
    const userspace = { bridges: [{ ...bridge, datapath_type: 'netdev' }] };
    only(judge(userspace), 'warn', 'datapath', /userspace/);
    assert.match(bad(judge(userspace))[0]?.fix ?? '', /delete br-int/);
    assert.match(bad(judge(userspace, false))[0]?.fix ?? '', /modprobe/);
  });

  it('shows a tunnel port that is missing or failed, and broken ports of VMs', () => {
    only(judge({ interfaces: [] }), 'fail', 'tunnel port', /no port/);
    only(
      judge({ interfaces: [{ ...tunnel, ofport: -1, error: 'File exists' }] }),
      'fail',
      'tunnel port',
      /File exists/,
    );
    const vm: Interface = {
      ...tunnel,
      name: 'tap0',
      external_ids: new Map([['iface-id', 'eni-1']]),
      ofport: -1,
      error: 'No such device',
    };
    only(judge({ interfaces: [tunnel, vm] }), 'warn', 'ports', /tap0: No such device/);
  });

  it('shows controllers that are not set, or not reached', () => {
    only(judge({ bridges: [{ ...bridge, controller: [] }] }), 'fail', 'OpenFlow', /no controller/);
    const second = uuid(randomUUID());
    const lost = {
      ...controllerRow,
      is_connected: false,
      status: new Map([['last_error', 'Connection refused']]),
    };
    only(judge({ controllers: new Map([[target, lost]]) }), 'fail', 'OpenFlow', /Connection refused/);
    const two = {
      bridges: [{ ...bridge, controller: [target, second] }],
      controllers: new Map([
        [target, lost],
        [second, controllerRow],
      ]),
    };
    only(judge(two), 'warn', 'OpenFlow', /not connected/);
  });
});

describe('the underlay', () => {
  const underlay = (mtu: number | undefined, udpSockets = ''): Underlay => ({
    interfaces: { eth0: [{ address: '198.18.0.1' }] },
    mtuOf: () => mtu,
    udpSockets,
  });

  it('has the tunnel address, and room for the packets of VMs', () => {
    assert.deepEqual(bad(judgeUnderlay('198.18.0.1', underlay(1500))), []);
    only(judgeUnderlay('198.18.0.1', underlay(1499)), 'fail', 'MTU', /1499 on eth0/);
    assert.deepEqual(bad(judgeUnderlay('198.18.0.1', underlay(1400), 1400)), []);
    only(judgeUnderlay('198.18.0.1', underlay(1500), 9000), 'fail', 'MTU', /1500 on eth0 is less than 9000/);
    only(judgeUnderlay('198.18.0.1', underlay(undefined)), 'warn', 'MTU', /cannot be read/);
    only(judgeUnderlay('198.18.0.2', underlay(1500)), 'fail', 'tunnel address', /198\.18\.0\.2/);
  });

  it('listens for tunnels, where the kernel does it', () => {
    const open = '  sl  local_address\n  12: 00000000:17C1 00000000:0000 07';
    assert.deepEqual(bad(judgeListening('system', underlay(1500, open))), []);
    only(
      judgeListening('system', underlay(1500, '  12: 00000000:17C2 00000000:0000 07')),
      'fail',
      'Geneve',
      /6081/,
    );
    assert.deepEqual(judgeListening('netdev', underlay(1500)), []);
  });
});

describe('clocks and certificates', () => {
  const now = new Date('2026-01-31T12:00:00Z');
  const clock = (seconds: number) => judgeClock(new Date(now.getTime() - seconds * 1000).toUTCString(), now);

  it('may differ by seconds, not by minutes', () => {
    assert.equal(clock(0).state, 'pass');
    assert.equal(clock(-5).state, 'pass');
    only([clock(20)], 'warn', 'clock', /20 s ahead/);
    only([clock(-400)], 'fail', 'clock', /400 s behind/);
    only([judgeClock(undefined, now)], 'warn', 'clock', /does not tell/);
  });

  it('tells how long a certificate lasts', () => {
    const valid = (to: string, from = '2025-01-01') => [judgeValidity('c', from, to, now)];
    assert.deepEqual(bad(valid('2026-12-31')), []);
    only(valid('2026-02-10T12:00:00Z'), 'warn', 'c', /in 10 days/);
    only(valid('2026-01-30'), 'fail', 'c', /expired on 2026-01-30/);
    only(valid('2027-01-30', '2026-06-01'), 'fail', 'c', /from 2026-06-01/);
  });

  it('reads certificates', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'weft-doctor-'));
    const words =
      'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 10 -subj /CN=h1 -keyout key -out pem';
    execFileSync('openssl', words.split(' '), { cwd: folder, stdio: 'pipe' });
    const pem = await readFile(join(folder, 'pem'), 'utf8');
    only([judgeCertificate('c', pem, new Date())], 'warn', 'c', /expires in/);
    only([judgeCertificate('c', 'paper', now)], 'fail', 'c', /no certificate/);
    await rm(folder, { recursive: true });
  });
});

describe('a host without Open vSwitch', () => {
  const nowhere = { ovsdb: 'unix:/nowhere/db.sock', timeoutMs: 1000 };

  it('has findings and no errors, and the controller is asked all the same', async () => {
    const controller = await new FakeController().start();
    only(await examineHost({ ...nowhere, controller: controller.url }), 'fail', 'ovsdb-server', /nowhere/);
    await controller.stop();
    const findings = await examineHost({
      ...nowhere,
      controller: controller.url,
      host: 'h1',
      ca: '/nowhere/ca',
    });
    assert.deepEqual(
      bad(findings).map(({ check }) => check),
      ['ovsdb-server', 'authority', 'credentials'],
    );
    const unreachable = await examineHost({ ...nowhere, controller: 'http://127.0.0.1:1', host: 'h1' });
    assert.deepEqual(
      bad(unreachable).map(({ check }) => check),
      ['ovsdb-server', 'controller'],
    );
  });
});
