import type { Answer, Request } from './http.ts';
import { markTag, type Operation, type Protocol, Refusal, type Shown } from './protocol.ts';

interface Resource {
  readonly id: string;
  readonly revision: number;
  readonly spec: { readonly privateAddress?: string; readonly address?: string };
  readonly tags: Readonly<Record<string, string>>;
}

const shown = ({ id, spec, tags }: Resource): Shown => ({
  id,
  address: spec.privateAddress ?? spec.address ?? '',
  mark: tags[markTag],
});

/** The JSON of an answer. @throws Refusal */
function bodyOf<T>({ status, text }: Answer): T {
  const body = JSON.parse(text);
  if (status < 400) return body;
  throw new Refusal(status, body.code, body.detail);
}

const json = { 'content-type': 'application/json' };
const get = (path: string): Request => ({ method: 'GET', path, headers: {} });
const post = (path: string, key: string, spec: object): Request => ({
  method: 'POST',
  path,
  headers: { ...json, 'idempotency-key': key },
  body: JSON.stringify({ spec }),
});

const collectionOf = (id: string) => (id.startsWith('eni-') ? 'network-interfaces' : 'elastic-ips');
const pathOf = (id: string) => `/v1/${collectionOf(id)}/${id}`;

const removal = (name: string, id: string): Operation<void> => ({
  name,
  writes: true,
  request: () => ({ method: 'DELETE', path: pathOf(id), headers: {} }),
  result: (answer) => void bodyOf(answer),
});

export const rest: Protocol = {
  name: 'REST',
  createInterface: (subnetId, key) => ({
    name: 'create interface',
    writes: true,
    request: () => post('/v1/network-interfaces', key, { subnetId }),
    result: (answer) => shown(bodyOf(answer)),
  }),
  removeInterface: (id) => removal('delete interface', id),
  readInterface: (id) => ({
    name: 'read interface',
    writes: false,
    request: () => get(pathOf(id)),
    result: (answer) => (answer.status === 404 ? undefined : shown(bodyOf(answer))),
  }),
  findByAddress: (subnetId, address) => ({
    name: 'find by address',
    writes: false,
    request: () => get(`/v1/network-interfaces?spec.subnetId=${subnetId}&spec.privateAddress=${address}`),
    result: (answer) => bodyOf<{ items: Resource[] }>(answer).items.map(shown),
  }),
  allocateAddress: (key) => ({
    name: 'allocate address',
    writes: true,
    request: () => post('/v1/elastic-ips', key, {}),
    result: (answer) => shown(bodyOf(answer)),
  }),
  releaseAddress: (id) => removal('release address', id),
  mark: (id, mark) => ({
    name: 'mark',
    writes: true,
    request: () => ({
      method: 'PATCH',
      path: pathOf(id),
      headers: json,
      body: JSON.stringify({ tags: { [markTag]: mark } }),
    }),
    result: (answer) => void bodyOf(answer),
  }),
};

/** A resource on which several clients count by its tags, each change depending on what it has read. */
export const counter = {
  read: (id: string): Operation<Resource> => ({
    name: 'read counter',
    writes: false,
    request: () => get(`/v1/dhcp-options/${id}`),
    result: (answer) => bodyOf(answer),
  }),
  write: (id: string, revision: number, tags: Resource['tags']): Operation<void> => ({
    name: 'count',
    writes: true,
    request: () => ({
      method: 'PATCH',
      path: `/v1/dhcp-options/${id}`,
      headers: { ...json, 'if-match': `"${revision}"` },
      body: JSON.stringify({ tags }),
    }),
    result: (answer) => void bodyOf(answer),
  }),
};
