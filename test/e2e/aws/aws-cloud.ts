import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import type { Outsider } from '@weft/labs/hosts';
import { Cloud, eventually } from '../support/cloud.ts';

/** False, or why a test has to be left out: one of its files is not there. */
export function missing(...files: string[]): string | false {
  const absent = files.find((file) => !existsSync(file));
  return absent === undefined ? false : `${absent} is not installed`;
}

/**
 * A cloud with a network outside and somebody there. Each client, unmodified, makes a VPC in it with an instance that is
 * reached from outside, and takes it apart in the right order.
 */
export class AwsCloud {
  readonly #cloud: Cloud;
  readonly outside: Outsider;

  private constructor(cloud: Cloud, outside: Outsider) {
    this.#cloud = cloud;
    this.outside = outside;
  }

  static async start(): Promise<AwsCloud> {
    const cloud = await Cloud.start({ external: true });
    const outside = await cloud.lab.addOutsider({ address: '203.0.113.200/24' });
    await cloud.externalNetwork();
    return new AwsCloud(cloud, outside);
  }

  /** What clients take as their endpoint. */
  get url(): string {
    return this.#cloud.controller.apiUrl;
  }

  async assertReached(address: string): Promise<void> {
    await eventually(
      `an answer of ${address}`,
      async () => (await this.outside.ping(address, { count: 1 })).received > 0,
    );
    const ping = await this.outside.ping(address);
    assert.equal(ping.received, 3, ping.output);
  }

  async assertSilent(address: string): Promise<void> {
    await eventually(
      `silence of ${address}`,
      async () => (await this.outside.ping(address, { count: 1 })).received === 0,
    );
  }

  /** The default VPC alone is left. */
  async assertNothingLeft(): Promise<void> {
    const { client } = this.#cloud;
    const { items } = await client.list('vpc');
    assert.deepEqual(
      items.filter(({ spec }) => !spec.isDefault),
      [],
    );
    assert.deepEqual((await client.list('elastic-ip')).items, []);
    assert.deepEqual((await client.list('instance')).items, []);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#cloud[Symbol.asyncDispose]();
  }
}
