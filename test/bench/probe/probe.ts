import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ResourceOf } from '@weft/controller/resources';
import type { Program, Vm } from '@weft/labs/hosts';
import { type Bed, patienceSeconds } from '../bed.ts';
import { createInterface, type Population, probePort } from '../population.ts';

/** Longer than the silence after which the receiver takes an arrival for a first one. */
const silenceMs = 150;
const script = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/**
 * Two machines on the host with Open vSwitch: one sends all the time, the other hears it as soon as its interface is
 * bound. Measures what a VM feels that was just started.
 */
export class Probe {
  readonly #bed: Bed;
  readonly #interfaceId: string;
  readonly #ofport: number;
  readonly #sender: Program;
  readonly #receiver: Program;

  private constructor(bed: Bed, receiver: { vm: Vm; ofport: number }, programs: readonly [Program, Program]) {
    this.#bed = bed;
    this.#interfaceId = receiver.vm.interfaceId;
    this.#ofport = receiver.ofport;
    [this.#sender, this.#receiver] = programs;
  }

  static async prepare(bed: Bed, population: Population): Promise<Probe> {
    const [from, to] = [await createInterface(bed, population, 0), await createInterface(bed, population, 0)];
    const [a, b] = [await plug(bed, from), await plug(bed, to)];
    const { privateAddress, macAddress } = to.spec;
    // Without it the first packet would wait for the sender's next ARP request, a second later.
    await a.run('ip', ['neighbour', 'replace', privateAddress, 'lladdr', macAddress, 'dev', 'eth0']);
    const port = { networkInterfaceId: from.id, ofport: await a.ofport() };
    await bed.applied(bed.client.bind(bed.host.name, port, { waitSeconds: patienceSeconds }));
    const receiver = await b.spawn('python3', [script('receiver.py'), String(probePort)]);
    await receiver.waitForLine((line) => line === 'listening');
    const sender = await a.spawn('python3', [script('sender.py'), privateAddress, String(probePort)]);
    sender.signal('SIGSTOP');
    return new Probe(bed, { vm: b, ofport: await b.ofport() }, [sender, receiver]);
  }

  /** Milliseconds from the call that binds the receiver's interface to the first packet that it gets. */
  async round(): Promise<number> {
    const { client, host } = this.#bed;
    // Only one probe sends at a time.
    this.#sender.signal('SIGCONT');
    await sleep(silenceMs);
    const start = process.hrtime.bigint();
    const port = { networkInterfaceId: this.#interfaceId, ofport: this.#ofport };
    const [line] = await Promise.all([
      this.#receiver.waitForLine((line) => arrivalOf(line) > start),
      client.bind(host.name, port),
    ]);
    await this.#bed.applied(client.unbind(host.name, this.#interfaceId, { waitSeconds: patienceSeconds }));
    this.#sender.signal('SIGSTOP');
    return Number(arrivalOf(line) - start) / 1e6;
  }
}

async function plug(bed: Bed, { id, spec }: ResourceOf<'network-interface'>): Promise<Vm> {
  const vm = await bed.host.addVmPort({ interfaceId: id, mac: spec.macAddress });
  await vm.addAddress(`${spec.privateAddress}/16`);
  return vm;
}

/** In ns of the clock of `process.hrtime`, which is CLOCK_MONOTONIC for both; −1 for other lines. */
function arrivalOf(line: string): bigint {
  return line.startsWith('arrival ') ? BigInt(line.slice('arrival '.length)) : -1n;
}
