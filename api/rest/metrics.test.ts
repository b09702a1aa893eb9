import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RunningController, runController } from '@weft/controller';
import { TestSwitch } from 'node-openflow/testing';
import pino from 'pino';
import { type Exposition, parseExposition } from '../../controller/metrics/testing/exposition.ts';
import { WeftClient } from '../contract/index.ts';
import { listen } from './listen.ts';
import { createRestServer } from './server.ts';
import { hostSpec } from './testing/harness.ts';

const logger = pino({ level: 'silent' });
const wait = { waitSeconds: 10 };

describe('the metrics of a controller with a switch', () => {
  let directory: string;
  let running: RunningController;
  let server: ReturnType<typeof createRestServer>;
  let url: string;
  let client: WeftClient;
  const testSwitch = new TestSwitch({ datapathId: BigInt(`0x${hostSpec.datapathId}`) });

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'weft-metrics-'));
    const openflow = { host: '127.0.0.1', port: 0 };
    running = await runController({ openflow, store: `sqlite:${directory}/weft.db`, logger });
    server = createRestServer(running.controller, { openflowTarget: 'tcp:127.0.0.1:6653', logger });
    url = await listen(server, { host: '127.0.0.1', port: 0 });
    client = new WeftClient({ url });
    await client.registerHost('h1', hostSpec);
    await client.registerHost('h2', {
      ...hostSpec,
      tunnelAddress: '192.0.2.12',
      datapathId: '0000000000000002',
    });
    await testSwitch.connect({ host: '127.0.0.1', port: running.openflowPort });
    await isLive('h1');
  });

  after(async () => {
    client.close();
    await testSwitch.close();
    await server.close();
    await running.close();
    await rm(directory, { recursive: true });
  });

  async function isLive(host: string): Promise<void> {
    const { controller } = running;
    for (let turn = 0; controller.hostLiveness(host).appliedRevision < controller.revision; turn++) {
      assert.ok(turn < 500, `${host} did not come up`);
      await sleep(10);
    }
  }

  async function scrape(): Promise<Exposition> {
    const response = await fetch(`${url}/metrics`);
    assert.equal(response.status, 200);
    assert.match(response.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
    return parseExposition(await response.text());
  }

  it('move with a bind, from the call to the switch', async () => {
    const vpc = await client.create('vpc', { spec: { cidrBlock: '10.0.0.0/16' } });
    const subnet = await client.create('subnet', { spec: { vpcId: vpc.id, cidrBlock: '10.0.1.0/24' } });
    const port = await client.create('network-interface', { spec: { subnetId: subnet.id } }, wait);
    const earlier = await scrape();
    await client.bind('h1', { networkInterfaceId: port.id, ofport: 5 }, wait);
    const later = await scrape();

    const grown = (name: string, labels = {}) => later.value(name, labels) - earlier.value(name, labels);
    assert.equal(grown('weft_store_commits_total'), 1);
    assert.equal(grown('weft_store_commit_seconds_count'), 1);
    assert.equal(grown('weft_compile_seconds_count'), 1);
    assert.equal(grown('weft_store_revision'), 1);
    assert.equal(grown('weft_resources', { kind: 'binding' }), 1);
    assert.ok(grown('weft_compile_fragments_total') > 0);
    assert.ok(grown('weft_compiled_flows') > 0);
    assert.ok(grown('weft_southbound_flow_mods_total') > 0);
    assert.ok(grown('weft_southbound_bytes_total') > 0);
    assert.ok(grown('weft_southbound_barriers_total') > 0);
    assert.equal(grown('weft_api_receipt_wait_seconds_count', { outcome: 'applied' }), 1);
    const bind = { route: '/v1/hosts/:id/bindings/:networkInterfaceId', method: 'PUT' };
    assert.equal(later.value('weft_api_request_seconds_count', { ...bind, status: '200' }), 1);
    for (const name of ['weft_store_conflicts_total', 'weft_store_failures_total'])
      assert.equal(grown(name), 0);
  });

  it('agree with the controller and its hosts', async () => {
    const metrics = await scrape();
    const { scopes, fragments, flows, bytes } = running.statistics();
    assert.equal(metrics.value('weft_compiled_scopes'), scopes);
    assert.equal(metrics.value('weft_compiled_fragments'), fragments);
    assert.equal(metrics.value('weft_compiled_flows'), flows);
    assert.equal(metrics.value('weft_compiled_bytes'), bytes);
    assert.equal(metrics.value('weft_store_revision'), running.controller.revision);
    assert.equal(metrics.value('weft_projection_revision'), running.controller.revision);
    assert.equal(metrics.value('weft_hosts_registered'), 2);
    assert.equal(metrics.value('weft_agents_up'), 2);
    assert.equal(metrics.value('weft_switches_connected'), 1);
    assert.equal(metrics.value('weft_hosts_behind_revisions', { openflow: 'up' }), 0);
    const behind = metrics.value('weft_hosts_behind_revisions', { openflow: 'down' });
    assert.equal(behind, running.controller.revision, 'the host that never came');
  });

  it('have no series that grows with the network', async () => {
    const { samples: earlier } = await scrape();
    for (let index = 0; index < 5; index++) {
      const vpc = await client.create('vpc', { spec: { cidrBlock: `10.${index + 1}.0.0/16` } });
      await client.get('vpc', vpc.id);
    }
    const read = '/v1/vpcs/:id';
    const { samples: later } = await scrape();
    const names = (samples: Exposition['samples']) =>
      new Set(
        samples
          .filter(({ name, labels }) => name.startsWith('weft_') && labels.route !== read)
          .map(({ name, labels }) => JSON.stringify([name, labels])),
      );
    assert.deepEqual([...names(later)].sort(), [...names(earlier)].sort());
    for (const { name, labels } of later) {
      if (name.startsWith('weft_')) assert.doesNotMatch(JSON.stringify(labels), /[0-9a-f]{17}|"h1"/);
    }
  });

  it('have histograms whose buckets grow up to their count', async () => {
    const { samples, value } = await scrape();
    const last = new Map<string, number>();
    for (const { name, labels, value: count } of samples) {
      if (!name.endsWith('_bucket')) continue;
      const { le, ...others } = labels;
      const key = JSON.stringify([name, others]);
      assert.ok(count >= (last.get(key) ?? 0), key);
      last.set(key, count);
      if (le === '+Inf') assert.equal(count, value(name.replace(/bucket$/, 'count'), others));
    }
    assert.ok(last.size > 4);
  });

  it('are ready while the controller runs, and not when its store is closed', async () => {
    const ready = () => fetch(`${url}/v1/ready`);
    assert.equal((await ready()).status, 200);
    await running.close();
    const response = await ready();
    assert.equal(response.status, 503);
    const { code, value, detail } = (await response.json()) as Record<string, unknown>;
    assert.equal(code, 'unavailable');
    assert.deepEqual(value, ['store', 'openflow']);
    assert.match(String(detail), /the store is closed/);
  });
});
