import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type ControllerProgram, createLab, type Host, type Lab } from '@weft/labs/hosts';
import type { Finding } from './finding.ts';

const program = join(import.meta.dirname, '../../bin/weft');

describe('weft doctor on a real host', () => {
  let lab: Lab;
  let host: Host;
  let controller: ControllerProgram;
  before(async () => {
    lab = await createLab({ hosts: 1 });
    [host] = lab.hosts as [Host];
    controller = await lab.startController();
  });
  after(() => lab.close());

  /** The checks that are not passed, by name, and the exit code. */
  async function examine(...words: string[]): Promise<{ code: number; found: Record<string, Finding> }> {
    const line = [
      'doctor',
      '-o',
      'json',
      '--ovsdb',
      host.ovsdbEndpoint,
      '--controller',
      controller.apiUrl,
      ...words,
    ];
    const { code, stdout } = await host.exec(program, line);
    const findings: Finding[] = JSON.parse(stdout);
    const problems = findings.filter(({ state }) => state !== 'pass');
    return {
      code: code ?? -1,
      found: Object.fromEntries(problems.map((finding) => [finding.check, finding])),
    };
  }

  it('says what is missing before the agent has run', async () => {
    const { code, found } = await examine();
    assert.equal(code, 1);
    assert.deepEqual(Object.keys(found), ['br-int', 'tunnel port']);
  });

  it('passes a host that works', async () => {
    await host.startAgent();
    // Open vSwitch tells the database of its connection every 5 s.
    let last = await examine('--host', host.name);
    for (const deadline = Date.now() + 20_000; last.code !== 0 && Date.now() < deadline; ) {
      last = await examine('--host', host.name);
    }
    assert.equal(last.code, 0, JSON.stringify(last.found));
    assert.ok(Object.values(last.found).every(({ check }) => check === 'datapath'));
  });

  it('says that ovs-vswitchd is dead, which the database does not know', async () => {
    await host.killVswitchd();
    const { code, found } = await examine();
    assert.equal(code, 1);
    assert.equal(found['OpenFlow socket']?.state, 'fail');
    await host.restartVswitchd();
  });

  it('says that the underlay is too narrow', async () => {
    await host.run('ip', ['link', 'set', 'br-phy', 'mtu', '1400']);
    const { code, found } = await examine();
    assert.equal(code, 1);
    assert.match(found.MTU?.about ?? '', /1400 on br-phy/);
  });
});
