import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An answer: status and body. */
type Answer = readonly [status: number, body: unknown];
type Handler = (
  controller: FakeController,
  parts: readonly string[],
  body: Body,
  search: URLSearchParams,
) => Answer;
type Body = Record<string, unknown>;
type Instance = { id: string; spec: Body; status: Body } & Body;

const problem = (status: number, code: string, detail: string, field: string): Answer => [
  status,
  { type: 'about:blank', title: code, status, code, detail, field },
];

/** The endpoints of a controller that an agent uses, kept in memory, with every call written down. */
export class FakeController {
  /** Calls in the order in which they came: `PUT /v1/hosts/h1/bindings`. */
  readonly calls: string[] = [];
  readonly hosts = new Map<string, Body>();
  /** Network interface → MAC. */
  readonly interfaces = new Map<string, string>();
  /** Network interface → what else its spec says. */
  readonly settings = new Map<string, Body>();
  /** Network interface → OpenFlow port. */
  readonly bindings = new Map<string, number>();
  /** Announcements in the order in which they were told. */
  readonly announced: Body[] = [];
  /** Interfaces whose machines are elsewhere: what they announce here is refused. */
  readonly elsewhere = new Set<string>();
  /** Interfaces of which an agent said that their machine is there. */
  readonly active: string[] = [];
  readonly instances = new Map<string, Instance>();
  openflowTargets: readonly string[] = ['tcp:127.0.0.1:6653'];
  /** Set: every call is answered with this status. */
  failing: number | undefined;
  #server: Server | undefined;
  #port = 0;
  #revision = 1;
  #watchers = new Set<ServerResponse>();
  /** What watches are told, oldest first, with its revision: whoever was away is told later. */
  readonly #commits: { readonly revision: number; readonly event: string }[] = [];

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Listens, after a stop at the same address as before. */
  async start(): Promise<this> {
    const server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    server.listen(this.#port, '127.0.0.1', resolve);
    await promise;
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
    return this;
  }

  /** As if it were killed: connections break. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    server.close(() => resolve());
    server.closeAllConnections();
    await promise;
  }

  /** Creates or changes an instance; `undefined` deletes it. Watches hear of it. */
  setInstance(id: string, instance: Omit<Instance, 'id'> | undefined): void {
    const after =
      instance &&
      ({ ...instance, id, kind: 'instance', spec: instance.spec, status: instance.status } as Instance);
    if (after) this.instances.set(id, after);
    else this.instances.delete(id);
    this.#tellWatches({ kind: 'instance', id, ...(after ? { after } : {}) });
  }

  /** Changes an interface; watches hear of it. */
  setInterface(id: string, spec: Body): void {
    this.settings.set(id, spec);
    const after = { kind: 'network-interface', id, spec: { macAddress: this.interfaces.get(id), ...spec } };
    this.#tellWatches({ kind: 'network-interface', id, after });
  }

  #tellWatches(change: object): void {
    this.#revision++;
    const data = JSON.stringify({ revision: this.#revision, changes: [change] });
    const event = `id: ${this.#revision}\nevent: commit\ndata: ${data}\n\n`;
    this.#commits.push({ revision: this.#revision, event });
    for (const watcher of this.#watchers) watcher.write(event);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', this.url);
    const parts = url.pathname.split('/').slice(2).map(decodeURIComponent);
    if (parts[0] === 'watch') {
      this.#watch(response, Number(url.searchParams.get('after')));
      return;
    }
    const text = await readAll(request);
    const call = `${request.method} ${url.pathname}`;
    this.calls.push(call);
    const handler = handlers[`${request.method} ${shape(parts)}`];
    const [status, body] = this.failing
      ? problem(this.failing, 'unavailable', 'made to fail', '')
      : handler
        ? handler(this, parts, text === '' ? {} : JSON.parse(text), url.searchParams)
        : problem(404, 'not-found', call, 'path');
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(body === undefined ? '' : JSON.stringify(body));
  }

  #watch(response: ServerResponse, after: number): void {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    for (const { revision, event } of this.#commits) if (revision > after) response.write(event);
    this.#watchers.add(response);
    response.on('close', () => this.#watchers.delete(response));
  }

  get revision(): number {
    return this.#revision;
  }
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** `hosts/h1/bindings/eni-1` → `hosts/:/bindings/:`. */
const shape = (parts: readonly string[]) =>
  parts.map((part, index) => (index % 2 === 1 ? ':' : part)).join('/');

const handlers: Record<string, Handler> = {
  'GET health'(controller) {
    return [200, { status: 'ok', revision: controller.revision }];
  },
  'PUT hosts/:'(controller, [, name = ''], body) {
    controller.hosts.set(name, body.spec as Body);
    return [200, { kind: 'host', id: name, spec: body.spec, openflowTargets: controller.openflowTargets }];
  },
  'POST hosts/:/heartbeat'(controller, [, name = '']) {
    return controller.hosts.has(name) ? [204, undefined] : problem(404, 'not-found', `host ${name}`, 'name');
  },
  'PUT hosts/:/bindings'(controller, [, name = ''], body) {
    if (!controller.hosts.has(name)) return problem(404, 'not-found', `host ${name}`, 'name');
    const ports = body.ports as { networkInterfaceId: string; ofport: number }[];
    controller.bindings.clear();
    const unknown = ports.filter(({ networkInterfaceId }) => !controller.interfaces.has(networkInterfaceId));
    for (const { networkInterfaceId, ofport } of ports) {
      if (controller.interfaces.has(networkInterfaceId)) controller.bindings.set(networkInterfaceId, ofport);
    }
    return [
      200,
      {
        revision: controller.revision,
        unknown: unknown.map(({ networkInterfaceId }) => networkInterfaceId),
      },
    ];
  },
  'PUT hosts/:/bindings/:'(controller, [, name = '', , id = ''], body, search) {
    if (!controller.hosts.has(name)) return problem(404, 'not-found', `host ${name}`, 'name');
    if (!controller.interfaces.has(id))
      return problem(404, 'not-found', `interface ${id}`, 'networkInterfaceId');
    controller.bindings.set(id, body.ofport as number);
    if (body.active) controller.active.push(id);
    const receipt = {
      revision: controller.revision,
      applied: true,
      hosts: [{ host: name, state: 'applied' }],
    };
    return [200, { kind: 'binding', id: `${name}/${id}`, ...(search.has('wait') ? { receipt } : {}) }];
  },
  'DELETE hosts/:/bindings/:'(controller, [, , , id = '']) {
    controller.bindings.delete(id);
    return [200, { revision: controller.revision }];
  },
  'POST hosts/:/announcements'(controller, [, name = ''], body) {
    if (!controller.hosts.has(name)) return problem(404, 'not-found', `host ${name}`, 'name');
    const id = body.networkInterfaceId as string;
    if (!controller.interfaces.has(id)) return problem(422, 'invalid-value', `interface ${id}`, 'address');
    if (controller.elsewhere.has(id)) {
      return problem(409, 'wrong-state', `interface ${id}`, 'networkInterfaceId');
    }
    controller.announced.push(body);
    return [200, { kind: 'held-address', id: body.address, spec: body }];
  },
  'GET network-interfaces/:'(controller, [, id = '']) {
    const macAddress = controller.interfaces.get(id);
    if (macAddress === undefined) return problem(404, 'not-found', `interface ${id}`, 'id');
    return [200, { kind: 'network-interface', id, spec: { macAddress, ...controller.settings.get(id) } }];
  },
  'GET instances'(controller, _parts, _body, search) {
    const host = search.get('spec.hostId');
    const items = [...controller.instances.values()].filter(({ spec }) => spec.hostId === host);
    return [200, { items, revision: controller.revision }];
  },
  'PUT instances/:/status'(controller, [, id = ''], body) {
    const instance = controller.instances.get(id);
    if (!instance) return problem(404, 'not-found', `instance ${id}`, 'id');
    const status = body.status as Body;
    controller.setInstance(id, { ...instance, status });
    return [200, { ...instance, status }];
  },
};
