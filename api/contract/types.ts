import type { ErrorCode, HostLiveness, Receipt, ReportedPort, ResourceOf } from '@weft/controller/resources';
import type { ApiKind } from './paths.ts';

export type {
  HostLiveness,
  InstanceRecord,
  PeerNames,
  PublicNameRecord,
  Receipt,
  ReportedAnnouncement,
  ReportedPort,
  ServiceRecord,
} from '@weft/controller/resources';

export type Host = ResourceOf<'host'> & { readonly liveness: HostLiveness };

/** With the number of IPv4 addresses that nobody has. */
export type Subnet = ResourceOf<'subnet'> & { readonly freeAddresses: number };

/** A resource as the API answers it: hosts carry their liveness, subnets how many addresses are free. */
export type ApiResource<K extends ApiKind> = K extends 'host'
  ? Host
  : K extends 'subnet'
    ? Subnet
    : ResourceOf<K>;

/** Present in the answer when the write was made with `wait=applied`. */
export interface Receipted {
  readonly receipt?: Receipt;
}

/** Body of `POST /v1/<kind>`. `spec` is the kind's `create` schema. */
export interface CreateRequest {
  readonly spec: Readonly<Record<string, unknown>>;
  readonly tags?: Readonly<Record<string, string>>;
}

/** Body of `POST /v1/accounts/{id}/keys`. */
export interface NewAccessKey {
  readonly role: ResourceOf<'access-key'>['spec']['role'];
  /** With role `agent`: the host that it is for. */
  readonly hostId?: string;
  readonly description?: string;
}

/** A new key with its secret, which is shown this once; the token is the same credential for the REST API. */
export type CreatedAccessKey = ResourceOf<'access-key'> & { readonly secret: string; readonly token: string };

/** What became of one resource by a write, or why nothing was written. */
export interface AuditEntry {
  readonly sequence: number;
  readonly time: string;
  readonly account: string;
  readonly region: string;
  readonly principal: string;
  readonly address: string;
  readonly requestId: string;
  readonly action: string;
  /** `done`, or the code of the error. */
  readonly outcome: string;
  readonly kind?: string;
  readonly id?: string;
  /** Of the commit. */
  readonly revision?: number;
  readonly before?: number;
  readonly after?: number;
  /** Why it was refused. */
  readonly reason?: string;
}

export interface AuditFilter {
  readonly principal?: string | undefined;
  readonly kind?: string | undefined;
  readonly id?: string | undefined;
  readonly outcome?: string | undefined;
  /** ISO 8601, UTC. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly limit?: number | undefined;
  readonly cursor?: number | undefined;
}

/** Newest first. */
export interface AuditPage {
  readonly items: readonly AuditEntry[];
  readonly nextCursor?: number;
}

/** Body of `PATCH /v1/<kind>/{id}`: fields given replace, null removes where the schema allows null. */
export interface UpdateRequest {
  readonly spec?: Readonly<Record<string, unknown>>;
  /** Replaces all tags. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** One page of a list. */
export interface Page<R> {
  readonly items: readonly R[];
  /** The list is as of this revision: watch from here to miss nothing. */
  readonly revision: number;
  /** Present when there is more: pass it as `cursor`. */
  readonly nextCursor?: string;
}

export interface ListQuery {
  /** At most so many items, 1 to 1000. Absent: 1000. */
  readonly limit?: number;
  readonly cursor?: string;
  /** Equality by path: `{ 'spec.vpcId': 'vpc-…', 'tag.Name': 'web' }`. On a list, one equal member is enough. */
  readonly filter?: Readonly<Record<string, string>>;
}

export interface WriteQuery {
  /** Only when the resource is at this revision (`If-Match`). */
  readonly ifRevision?: number;
  /** Wait so long for every affected host to confirm, 0 to 60; the answer then has a `receipt`. */
  readonly waitSeconds?: number;
}

export interface CreateQuery extends WriteQuery {
  /** A name for the request, 1 to 128 visible characters: sent again within a day, it is not carried out again. */
  readonly idempotencyKey?: string;
}

/** One write of a batch. Texts in `spec`, `tags` and `id` may be `$name` or `$name.spec.field` of an earlier create. */
export type BatchOperation =
  | {
      readonly operation: 'create';
      readonly kind: ApiKind;
      /** Name for what is made. */
      readonly as?: string;
      readonly spec: Readonly<Record<string, unknown>>;
      readonly tags?: Readonly<Record<string, string>>;
    }
  | {
      readonly operation: 'update';
      readonly kind: ApiKind;
      readonly id: string;
      readonly ifRevision?: number;
      readonly spec?: Readonly<Record<string, unknown>>;
      readonly tags?: Readonly<Record<string, string>>;
    }
  | {
      readonly operation: 'delete';
      readonly kind: ApiKind;
      readonly id: string;
      readonly ifRevision?: number;
    };

export interface BatchResult {
  readonly kind: ApiKind;
  readonly id: string;
  readonly as?: string;
  /** As it is afterwards; absent when it was deleted. */
  readonly resource?: ApiResource<ApiKind>;
}

/** Answer of `POST /v1/batch`: one result for each operation, in order. */
export type BatchAnswer = { readonly revision: number; readonly results: readonly BatchResult[] } & Receipted;

/** Answer of `POST /v1/batch/preview`. Ids and allocated addresses are examples. */
export interface BatchPreview {
  readonly results: readonly BatchResult[];
  /** Every resource that would change, also those that come and go with others. */
  readonly changes: readonly {
    readonly kind: ApiKind;
    readonly id: string;
    readonly before?: ApiResource<ApiKind>;
    readonly after?: ApiResource<ApiKind>;
  }[];
  /** How many flows each host would get and lose; hosts that keep theirs are absent. */
  readonly flows: readonly { readonly host: string; readonly added: number; readonly removed: number }[];
  /** VPCs that would cost their hosts more or fewer flows, with how many it would be. */
  readonly vpcs: readonly VpcFlows[];
}

/** How many flows a VPC costs each of its hosts, and may cost; without a limit there is none. */
export interface VpcFlows {
  readonly vpcId: string;
  readonly flows: number;
  readonly limit?: number;
}

export type Removed = { readonly revision: number } & Receipted;

/** Answer to a registration. */
export type RegisteredHost = Host & {
  /** Where the host's switch connects to, e.g. `tcp:192.0.2.1:6653`. */
  readonly openflowTargets: readonly string[];
} & Receipted;

/** Body of `PUT /v1/hosts/{name}/bindings`: the complete list. */
export interface BindingsRequest {
  readonly ports: readonly ReportedPort[];
}

/** `unknown`: interfaces that the controller does not have; their ports were skipped. */
export type BindingsAnswer = { readonly revision: number; readonly unknown: readonly string[] } & Receipted;

/** The part of the OpenAPI document that says which fields a kind has. */
export interface OpenapiDocument {
  readonly components: {
    readonly schemas: Readonly<Record<string, { readonly properties?: Readonly<Record<string, unknown>> }>>;
  };
}

export interface Health {
  readonly status: 'ok';
  readonly revision: number;
}

/** One changed resource. Without `after` it is gone. */
export type WatchChange = {
  readonly [K in ApiKind]: { readonly kind: K; readonly id: string; readonly after?: ResourceOf<K> };
}[ApiKind];

/** One commit as far as the API shows it. */
export interface WatchCommit {
  readonly revision: number;
  readonly changes: readonly WatchChange[];
}

export interface WatchQuery {
  /** Deliver what came after this revision. Absent: what comes from now on. */
  readonly after?: number;
  readonly kinds?: readonly ApiKind[];
  /** Only instances that run on this host and bindings of it. */
  readonly host?: string;
}

/** Body of every error answer, RFC 9457 with members of our own. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail: string;
  /** Where the wrong value stands, e.g. `spec.cidrBlock`. */
  readonly field?: string;
  readonly value?: unknown;
  /** What the caller can do about it, as a sentence. */
  readonly fix?: string;
  /** For `internal`: the id under which the controller has logged it. */
  readonly requestId?: string;
}
