import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { WeftClient } from '@weft/api/contract';
import { type ControllerProgram, createLab, type Host, type Lab } from '@weft/labs/hosts';
import { eventually } from './support/cloud.ts';

const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

describe('switches and agents over TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weft-tls-'));
  const path = (name: string) => join(folder, name);
  const openssl = (...words: string[]) => execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' });
  let lab: Lab;
  let controller: ControllerProgram;
  let api: WeftClient;

  /** An authority of its own: `NAME.pem`, `NAME.key`. */
  function authority(name: string): void {
    const files = ['-keyout', `${name}.key`, '-out', `${name}.pem`];
    openssl('req', '-x509', ...curve, '-days', '2', '-subj', `/CN=${name}`, ...files);
  }

  /** A certificate for a host, or for the controller at its address: `BY-NAME.pem`, `BY-NAME.key`. */
  function certificate(name: string, by: string): void {
    const base = `${by}-${name}`;
    openssl('req', ...curve, '-subj', `/CN=${name}`, '-keyout', `${base}.key`, '-out', `${base}.csr`);
    writeFileSync(path('extensions'), 'subjectAltName=IP:127.0.0.1\n');
    openssl(
      ...['x509', '-req', '-in', `${base}.csr`, '-CA', `${by}.pem`, '-CAkey', `${by}.key`, '-CAcreateserial'],
      ...['-days', '2', '-extfile', 'extensions', '-out', `${base}.pem`],
    );
  }

  /** What the switch of a host shows, and whom it trusts. */
  const setSsl = (host: Host, base: string) =>
    host.vsctl('set-ssl', path(`${base}.key`), path(`${base}.pem`), path('ours.pem'));
  const startAgent = (host: Host) =>
    host.startAgent({
      args: [
        ...['--ca', path('ours.pem'), '--certificate', path(`ours-${host.name}.pem`)],
        ...['--key', path(`ours-${host.name}.key`)],
      ],
    });
  const isUp = async ({ name }: Host) => (await api.get('host', name)).liveness.openflow === 'up';
  const host = (index: number) => lab.hosts[index] as Host;

  before(async () => {
    authority('ours');
    authority('theirs');
    for (const name of ['controller', 'h1', 'h2', 'h3']) certificate(name, 'ours');
    certificate('h2', 'theirs');
    lab = await createLab({ hosts: 3 });
    const ca = readFileSync(path('ours.pem'), 'utf8');
    controller = await lab.startController({
      authority: ca,
      args: [
        ...['--tls-certificate', path('ours-controller.pem'), '--tls-key', path('ours-controller.key')],
        ...['--tls-client-ca', path('ours.pem'), '--openflow-tls'],
      ],
    });
    api = new WeftClient({ url: controller.apiUrl, access: { tls: { ca } } });
  });
  after(async () => {
    api?.close();
    await lab?.close();
    rmSync(folder, { recursive: true });
  });

  it('a switch with a certificate of the authority connects, and has its flows', async () => {
    await setSsl(host(0), 'ours-h1');
    await startAgent(host(0));
    await eventually('h1 to be up', () => isUp(host(0)));
    assert.match(await host(0).vsctl('get-controller', 'br-int'), /^ssl:127\.0\.0\.1:\d+$/m);
    const vpc = await api.create('vpc', { spec: { cidrBlock: '10.0.0.0/16' } });
    const subnet = await api.create('subnet', { spec: { vpcId: vpc.id, cidrBlock: '10.0.1.0/24' } });
    const machines = [];
    for (let count = 0; count < 2; count++) {
      const { id, spec } = await api.create('network-interface', { spec: { subnetId: subnet.id } });
      const vm = await host(0).addVmPort({ interfaceId: id, mac: spec.macAddress });
      await eventually(`${id} to be bound`, async () => (await api.list('binding')).items.length > count);
      await vm.dhcp();
      machines.push({ vm, address: spec.privateAddress });
    }
    const [one, two] = machines;
    const { received } = (await one?.vm.ping(two?.address ?? '')) ?? { received: 0 };
    assert.ok(received > 0);
  });

  it('one with a certificate of another authority is refused, and one without any; their agents are let in', async () => {
    await setSsl(host(1), 'theirs-h2');
    for (const stranger of [host(1), host(2)]) await startAgent(stranger);
    const refused = (text: string) =>
      controller.waitForLine((line) => line.includes('a switch was refused') && line.includes(text));
    // Open vSwitch tries again and again; each try of the one with a wrong certificate is told.
    await refused('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
    await eventually('h3 to say that it has no certificate', async () =>
      (await host(2).vsctl('get', 'controller', 'br-int', 'status')).includes('last_error'),
    );
    for (const stranger of [host(1), host(2)]) {
      const { liveness } = await api.get('host', stranger.name);
      assert.deepEqual([liveness.agent, liveness.openflow], ['up', 'down'], stranger.name);
    }
    assert.ok(await isUp(host(0)));
  });

  it('comes up as soon as it has the right one', async () => {
    for (const stranger of [host(1), host(2)]) await setSsl(stranger, `ours-${stranger.name}`);
    for (const stranger of [host(1), host(2)]) {
      await eventually(`${stranger.name} to be up`, () => isUp(stranger), 20_000);
    }
  });
});
