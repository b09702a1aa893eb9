import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ApiKind, apiKinds, collections } from '@weft/api/contract';
import { kinds } from '@weft/controller/resources';
import { hostSpec } from '../../api/rest/testing/harness.ts';
import { Steering, startCloud } from './cloud.ts';
import { Document } from './document.ts';

type Spec = Record<string, unknown>;
type Made = Partial<Record<ApiKind | 'second-vpc', string>>;
interface Options {
  readonly parameters?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** Everything that can be made, in an order in which each finds what it needs. */
const recipes: Partial<Record<ApiKind, (made: Made, round: number) => Spec>> = {
  account: (_made, round) => ({ name: `tenant ${round}` }),
  'external-network': () => ({
    name: 'external',
    cidrBlock: '203.0.113.0/24',
    addressRanges: [{ first: '203.0.113.10', last: '203.0.113.20' }],
    ipv6CidrBlock: '2001:db8::/40',
  }),
  'dhcp-options': () => ({ domainName: 'example.org' }),
  'prefix-list': (_made, round) => ({ name: `list-${round}`, maxEntries: 5, entries: [] }),
  vpc: () => ({ cidrBlock: '10.0.0.0/16' }),
  'vpc-peering-connection': (made) => ({
    requesterVpcId: made.vpc,
    accepterVpcId: made['second-vpc'],
  }),
  subnet: ({ vpc }) => ({ vpcId: vpc, cidrBlock: '10.0.1.0/24', zone: 'zone-a' }),
  'network-acl': ({ vpc }) => ({ vpcId: vpc }),
  'route-table': ({ vpc }) => ({ vpcId: vpc }),
  'internet-gateway': ({ vpc }) => ({ vpcId: vpc }),
  'egress-only-internet-gateway': (made) => ({ vpcId: made.vpc }),
  'security-group': ({ vpc }) => ({ vpcId: vpc, name: 'web', description: 'web' }),
  'security-group-rule': (made) => ({
    groupId: made['security-group'],
    direction: 'ingress',
    protocol: 'tcp',
    fromPort: 80,
    toPort: 80,
    cidrIpv4: '0.0.0.0/0',
  }),
  'network-interface': ({ subnet }) => ({
    subnetId: subnet,
    allowedAddressPairs: [{ cidrBlock: '10.0.1.100/32', macAddress: '00:00:5e:00:01:07' }],
  }),
  'elastic-ip': () => ({}),
  'nat-gateway': (made) => ({ subnetId: made.subnet, elasticIpId: made['elastic-ip'] }),
  instance: ({ subnet }) => ({ subnetId: subnet, hostId: 'h1' }),
};

/** A right change of each kind that can be changed; the others take tags. */
const changes: Partial<Record<ApiKind, object>> = {
  account: { spec: { name: 'renamed' } },
  'access-key': { spec: { enabled: false } },
  'vpc-peering-connection': { spec: { state: 'active' } },
};

const absent = 'absent-00000000000000000';
const late = '?wait=applied&timeout=0';

describe('the REST API keeps what its OpenAPI document says', () => {
  const steering = new Steering();
  let cloud: Awaited<ReturnType<typeof startCloud>>;
  let document: Document;
  before(async () => {
    cloud = await startCloud(steering);
    document = new Document(
      (await (await fetch(`${cloud.url}/v1/openapi.json`)).json()) as Record<string, unknown>,
    );
  });
  after(() => cloud.close());

  /** Calls an operation of the document and holds the answer against it. */
  async function call(operation: string, { parameters = {}, query = '', body, headers = {} }: Options = {}) {
    const [method = '', template = ''] = operation.split(' ');
    const path = template.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(parameters[name] ?? ''));
    const answer = await fetch(`${cloud.url}${path}${query}`, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const contentType = answer.headers.get('content-type') ?? '';
    let text = '';
    if (contentType.startsWith('text/event-stream')) await answer.body?.cancel();
    else text = await answer.text();
    document.check(operation, { status: answer.status, contentType, text });
    return { status: answer.status, body: contentType.includes('json') ? JSON.parse(text) : undefined };
  }

  /** The same, after it has failed once for reasons of the controller. */
  async function expect(status: number, operation: string, options: Options = {}) {
    if (document.lacks(operation, '5XX')) {
      steering.failing = true;
      const failed = await call(operation, options);
      steering.failing = false;
      assert.equal(failed.status, 503, `${operation}: ${JSON.stringify(failed.body)}`);
    }
    const answer = await call(operation, options);
    assert.equal(answer.status, status, `${operation}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  async function whenLate(work: () => Promise<unknown>) {
    steering.late = true;
    await work().finally(() => {
      steering.late = false;
    });
  }

  const collectionOf = (kind: ApiKind) => `/v1/${collections[kind]}`;

  /** Makes, reads, changes and lists one of every kind, and then deletes all. */
  async function everything(round: number, query: string, [ok, created]: readonly [number, number]) {
    const made: Made = { host: 'h1' };
    const parameters = { id: 'h1' };
    await expect(200, 'PUT /v1/hosts/{id}', { parameters, body: { spec: hostSpec } });
    await expect(204, 'POST /v1/hosts/{id}/heartbeat', { parameters });
    await cloud.connectSwitch();
    await expect(ok, 'PUT /v1/hosts/{id}', { parameters, query, body: { spec: hostSpec } });
    for (const [kind, recipe] of Object.entries(recipes) as [
      ApiKind,
      (made: Made, round: number) => Spec,
    ][]) {
      const body = { spec: recipe(made, round) };
      made[kind] = (await expect(created, `POST ${collectionOf(kind)}`, { query, body })).id;
      if (kind === 'vpc') {
        const spec = { cidrBlock: '10.1.0.0/16' };
        made['second-vpc'] = (await expect(created, 'POST /v1/vpcs', { query, body: { spec } })).id;
      }
      if (kind !== 'account') continue;
      const key = { parameters: { id: made.account ?? '' }, body: { role: 'member' } };
      const keys = 'POST /v1/accounts/{id}/keys';
      made['access-key'] = (await expect(created, keys, { ...key, query })).id;
    }
    await bindEverything(made, query, ok);
    made.placement = made['nat-gateway'] ?? '';
    for (const kind of apiKinds) await readAndChange(kind, made[kind] ?? '', query, ok);
    await removeEverything(made, query, ok);
  }

  async function bindEverything(made: Made, query: string, ok: number) {
    const networkInterfaceId = made['network-interface'] ?? '';
    const parameters = { id: 'h1', networkInterfaceId };
    const ports = [{ networkInterfaceId, ofport: 10 }];
    await expect(ok, 'PUT /v1/hosts/{id}/bindings', { parameters, query, body: { ports } });
    const single = 'PUT /v1/hosts/{id}/bindings/{networkInterfaceId}';
    made.binding = (await expect(ok, single, { parameters, query, body: { ofport: 11 } })).id;
    const address = '10.0.1.100';
    const announcement = { networkInterfaceId, address, macAddress: '00:00:5e:00:01:07', ageMs: 1 };
    await expect(200, 'GET /v1/vpcs/{id}/flows', { parameters: { id: made['second-vpc'] as string } });
    const announce = 'POST /v1/hosts/{id}/announcements';
    made['held-address'] = (await expect(ok, announce, { parameters, query, body: announcement })).id;
    const status = { parameters: { id: made.instance ?? '' }, query, body: { status: { state: 'running' } } };
    await expect(ok, 'PUT /v1/instances/{id}/status', status);
  }

  async function readAndChange(kind: ApiKind, id: string, query: string, ok: number) {
    const { items } = await expect(200, `GET ${collectionOf(kind)}`);
    assert.ok(
      items.some((item: { id: string }) => item.id === id),
      `${kind} ${id} is not in the list`,
    );
    await expect(200, `GET ${collectionOf(kind)}/{id}`, { parameters: { id } });
    if (kind === 'nat-gateway')
      await expect(200, 'GET /v1/nat-gateways/{id}/counters', { parameters: { id } });
    if (!kinds[kind].update) return;
    const body = changes[kind] ?? { tags: { purpose: 'contract' } };
    await expect(ok, `PATCH ${collectionOf(kind)}/{id}`, { parameters: { id }, query, body });
  }

  /** In the reverse order of making; what was reported goes first. */
  async function removeEverything(made: Made, query: string, ok: number) {
    const parameters = { id: 'h1', networkInterfaceId: made['network-interface'] ?? '' };
    const remove = (kind: ApiKind, id = '') =>
      expect(ok, `DELETE ${collectionOf(kind)}/{id}`, { parameters: { id }, query });
    await remove('held-address', made['held-address']);
    await remove('binding', made.binding);
    await expect(ok, 'DELETE /v1/hosts/{id}/bindings/{networkInterfaceId}', { parameters, query });
    await remove('access-key', made['access-key']);
    for (const kind of (Object.keys(recipes) as ApiKind[]).reverse()) {
      if (kind === 'internet-gateway') await detach(made[kind] ?? '');
      await remove(kind, made[kind]);
    }
    await remove('vpc', made['second-vpc']);
    await remove('host', 'h1');

    async function detach(id: string) {
      const body = { spec: { vpcId: null } };
      await expect(ok, 'PATCH /v1/internet-gateways/{id}', { parameters: { id }, query, body });
    }
  }

  it('where all is well', async () => {
    await everything(1, '?wait=applied', [200, 201]);
  });

  it('where hosts have not confirmed in time', async () => {
    await whenLate(() => everything(2, late, [202, 202]));
  });

  it('where several things are asked at once, and of what the API says of itself', async () => {
    const operations = [{ operation: 'create', kind: 'dhcp-options', spec: { domainName: 'example.org' } }];
    const body = { operations };
    const query = '?wait=applied';
    await expect(200, 'POST /v1/batch/preview', { body });
    const { revision } = await expect(200, 'POST /v1/batch', { query, body });
    await whenLate(() => expect(202, 'POST /v1/batch', { query: late, body }));
    await expect(200, 'GET /v1/receipts/{revision}', { parameters: { revision: String(revision) } });
    for (const path of ['audit', 'watch', 'health', 'ready', 'openapi.json', 'reference'])
      await expect(200, `GET /v1/${path}`);
    await expect(200, 'GET /metrics');
  });

  it('where something is asked wrongly, by strangers, or of what is not there', async () => {
    for (const operation of document.operations) {
      const [method = '', path = ''] = operation.split(' ');
      const isWrite = method !== 'GET' && method !== 'DELETE';
      const parameters = { id: absent, networkInterfaceId: 'eni-00000000000000000', revision: '999999' };
      const wrong = path.includes('{') ? '' : '?limit=0&kind=nothing';
      await call(operation, { parameters, query: wrong, ...(isWrite ? { body: {} } : {}) });
      await call(operation, { parameters, headers: { authorization: 'Bearer wrong' } });
    }
  });

  it('and promises no answer that none has shown', () => {
    assert.deepEqual(document.missing(), []);
  });
});
