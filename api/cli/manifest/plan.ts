import { isDeepStrictEqual } from 'node:util';
import type {
  ApiKind,
  ApiResource,
  BatchOperation,
  OpenapiDocument,
  WeftClient,
} from '../../contract/index.ts';
import { CliError } from '../errors.ts';
import { fieldsOfKind, type KindFields } from './fields.ts';
import { type Entry, type Manifest, writableKinds } from './manifest.ts';
import { resolveKnown, withoutEscapes } from './references.ts';
import { dependentsFirst } from './removal-order.ts';

type Resource = ApiResource<ApiKind>;

/** Tags by which the resources of a manifest are found again. */
export const setTag = 'weft-set';
export const nameTag = 'weft-name';

/** What has to be done to one resource. */
export interface Step {
  readonly action: 'create' | 'update' | 'replace' | 'delete';
  readonly kind: ApiKind;
  readonly name: string;
  readonly id?: string;
  /** Fields that change, as they are and as they are to be. */
  readonly fields: readonly { readonly field: string; readonly before?: unknown; readonly after?: unknown }[];
}

export interface Plan {
  readonly steps: readonly Step[];
  readonly operations: readonly BatchOperation[];
  /** Resources of the set that the manifest no longer names, and that are kept. */
  readonly kept: readonly Resource[];
}

export interface PlanOptions {
  /** Deletes resources of the set that the manifest no longer names. */
  readonly prune?: boolean;
  /** Deletes and makes anew what cannot be changed in place. */
  readonly replace?: boolean;
}

/** Every resource that was made for the set, by its name in the manifest. */
async function resourcesOfSet(client: WeftClient, set: string): Promise<Map<string, Resource>> {
  const filter = { [`tag.${setTag}`]: set };
  const lists = await Promise.all(writableKinds.map((kind) => client.listAll(kind, filter)));
  const found = lists.flatMap<Resource>((list) => list.items);
  return new Map(found.map((resource) => [resource.tags[nameTag] ?? resource.id, resource]));
}

/** Compares what a manifest wants with what there is. */
export async function planManifest(
  client: WeftClient,
  manifest: Manifest,
  options: PlanOptions,
): Promise<Plan> {
  const existing = await resourcesOfSet(client, manifest.set);
  const document = await client.openapi();
  const planner = new Planner(manifest, existing, document, options);
  for (const entry of manifest.entries) await planner.add(entry, client);
  return planner.finish();
}

/** Fields that must be empty before a resource of the kind can be deleted. */
const attachments: Partial<Record<ApiKind, string>> = {
  'elastic-ip': 'networkInterfaceId',
  'internet-gateway': 'vpcId',
  'route-table': 'internetGatewayId',
};

/**
 * Detaches and deletes resources, each before those that it names; internet gateways late, since public addresses need them
 * without naming them.
 */
function removalsOf(resources: readonly Resource[]): { steps: Step[]; operations: BatchOperation[] } {
  const gatewaysFirst = [...resources].sort((a, b) => +isGateway(b) - +isGateway(a));
  const ordered = dependentsFirst(gatewaysFirst);
  return {
    steps: ordered.map(({ kind, id, tags }) => {
      return { action: 'delete', kind, name: tags[nameTag] ?? id, id, fields: [] };
    }),
    operations: ordered.flatMap(({ kind, id, spec }): BatchOperation[] => {
      const field = attachments[kind];
      const attached = field !== undefined && (spec as Record<string, unknown>)[field] !== undefined;
      const detaching = { operation: 'update', kind, id, spec: { [field ?? '']: null } } as const;
      return [...(attached ? [detaching] : []), { operation: 'delete', kind, id }];
    }),
  };
}

const isGateway = ({ kind }: Resource) => kind === 'internet-gateway';

/**
 * What deleting everything of a manifest comes to. Route tables that come with a VPC lose their routes and gateway first, since
 * these hold what they lead to.
 */
export async function planRemoval(client: WeftClient, manifest: Manifest): Promise<Plan> {
  const existing = await resourcesOfSet(client, manifest.set);
  const emptied = manifest.entries.flatMap(({ kind, id }): BatchOperation[] => {
    const table = kind === 'route-table' && id !== undefined && (resolveKnown(id, existing) as string);
    return table && !table.startsWith('$')
      ? [{ operation: 'update', kind, id: table, spec: { routes: [], internetGatewayId: null } }]
      : [];
  });
  const { steps, operations } = removalsOf([...existing.values()]);
  return { steps, operations: operations.length === 0 ? [] : [...emptied, ...operations], kept: [] };
}

class Planner {
  readonly #manifest: Manifest;
  /** What there is; entries that are deleted to be made anew are taken out. */
  readonly #existing: Map<string, Resource>;
  readonly #document: OpenapiDocument;
  readonly #options: PlanOptions;
  readonly #steps: Step[] = [];
  readonly #removals: BatchOperation[] = [];
  readonly #operations: BatchOperation[] = [];

  constructor(
    manifest: Manifest,
    existing: Map<string, Resource>,
    document: OpenapiDocument,
    options: PlanOptions,
  ) {
    this.#manifest = manifest;
    this.#existing = existing;
    this.#document = document;
    this.#options = options;
  }

  async add(entry: Entry, client: WeftClient): Promise<void> {
    const fields = fieldsOfKind(this.#document, entry.kind);
    if (entry.id !== undefined) await this.#adopt(entry, entry.id, fields, client);
    else {
      const current = this.#existing.get(entry.name);
      if (!current) this.#create(entry, 'create', fields);
      else if (current.kind !== entry.kind) this.#refuseKind(entry, current);
      else this.#change(entry, current, fields);
    }
  }

  finish(): Plan {
    const wanted = new Set(this.#manifest.entries.map(({ name }) => name));
    const left = [...this.#existing].filter(([name]) => !wanted.has(name)).map(([, resource]) => resource);
    if (!this.#options.prune) return { steps: this.#steps, operations: this.#all(), kept: left };
    const { steps, operations } = removalsOf(left);
    this.#steps.push(...steps);
    this.#operations.push(...operations);
    return { steps: this.#steps, operations: this.#all(), kept: [] };
  }

  #all = () => [...this.#removals, ...this.#operations];

  /** A resource that is there without the manifest, or comes with one that the manifest makes. */
  async #adopt(entry: Entry, id: string, fields: KindFields, client: WeftClient): Promise<void> {
    const resolved = resolveKnown(id, this.#existing) as string;
    if (!resolved.startsWith('$')) {
      const current = await client.get(entry.kind, resolved);
      this.#existing.set(entry.name, current);
      this.#change(entry, current, fields);
      this.#existing.delete(entry.name);
      return;
    }
    const changes = Object.entries(entry.spec).map(([field, after]) => ({ field: `spec.${field}`, after }));
    this.#steps.push({ action: 'update', kind: entry.kind, name: entry.name, fields: changes });
    this.#operations.push({
      operation: 'update',
      kind: entry.kind,
      id: resolved,
      spec: resolveKnown(entry.spec, this.#existing) as Record<string, unknown>,
      ...(Object.keys(entry.tags).length > 0 ? { tags: entry.tags } : {}),
    });
  }

  /** What cannot be given when a resource is made, but changed then, is a second operation: the state of a peering connection. */
  #create({ kind, name, spec: wanted, tags }: Entry, action: 'create' | 'replace', known: KindFields): void {
    const fields = Object.entries(wanted).map(([field, after]) => ({ field: `spec.${field}`, after }));
    this.#steps.push({ action, kind, name, fields });
    const isLater = ([field]: [string, unknown]) => known.update.has(field) && !known.create.has(field);
    const later = Object.fromEntries(Object.entries(wanted).filter(isLater));
    const spec = Object.fromEntries(Object.entries(wanted).filter((one) => !isLater(one)));
    this.#operations.push({
      operation: 'create',
      kind,
      as: name,
      spec: resolveKnown(spec, this.#existing) as Record<string, unknown>,
      tags: { ...tags, [setTag]: this.#manifest.set, [nameTag]: name },
    });
    if (Object.keys(later).length === 0) return;
    const change = resolveKnown(later, this.#existing) as Record<string, unknown>;
    this.#operations.push({ operation: 'update', kind, id: `$${name}`, spec: change });
  }

  #change(entry: Entry, current: Resource, fields: KindFields): void {
    const { kind, name } = entry;
    const wanted = resolveKnown(entry.spec, this.#existing) as Record<string, unknown>;
    const present = current.spec as Record<string, unknown>;
    // What only making takes is not in the resource afterwards, and cannot be compared.
    const different = Object.keys(wanted).filter(
      (field) =>
        (fields.spec.has(field) || fields.update.has(field) || !fields.create.has(field)) &&
        !isDeepStrictEqual(withoutEscapes(wanted[field]), present[field]),
    );
    const fixed = different.filter((field) => !fields.update.has(field));
    if (fixed.length > 0) {
      this.#replace(entry, current, fixed, fields);
      return;
    }
    const own = entry.id === undefined ? { [setTag]: this.#manifest.set, [nameTag]: name } : {};
    const tags = { ...(withoutEscapes(entry.tags) as Record<string, string>), ...own };
    const keepTags = entry.id !== undefined && Object.keys(entry.tags).length === 0;
    const retag = !keepTags && !isDeepStrictEqual(tags, callersTags(current));
    if (different.length === 0 && !retag) return;
    this.#steps.push({
      action: 'update',
      kind,
      name,
      id: current.id,
      fields: [
        ...different.map((field) => ({
          field: `spec.${field}`,
          before: present[field],
          after: wanted[field],
        })),
        ...(retag ? [{ field: 'tags', before: current.tags, after: tags }] : []),
      ],
    });
    this.#operations.push({
      operation: 'update',
      kind,
      id: current.id,
      ifRevision: current.revision,
      ...(different.length > 0
        ? { spec: Object.fromEntries(different.map((field) => [field, wanted[field]])) }
        : {}),
      ...(retag ? { tags: { ...entry.tags, ...own } } : {}),
    });
  }

  #replace(entry: Entry, current: Resource, fixed: readonly string[], fields: KindFields): void {
    if (!this.#options.replace || entry.id !== undefined) {
      const [field = ''] = fixed;
      throw new CliError(
        'cannot-change',
        `spec.${field} of ${entry.kind} ${entry.name} (${current.id}) cannot be changed`,
        {
          field: `spec.${field}`,
          value: (current.spec as Record<string, unknown>)[field],
          fix: 'Write what it is into the manifest, or say --replace to delete it and make it anew.',
        },
      );
    }
    this.#existing.delete(entry.name);
    this.#removals.unshift({ operation: 'delete', kind: entry.kind, id: current.id });
    this.#create(entry, 'replace', fields);
  }

  #refuseKind(entry: Entry, current: Resource): never {
    throw new CliError(
      'cannot-change',
      `${entry.name} is a ${current.kind} (${current.id}), and the manifest makes it a ${entry.kind}`,
      {
        fix: 'Use another name, or delete it first.',
      },
    );
  }
}

/** Without those that the controller keeps for itself. */
const callersTags = ({ tags }: Resource) =>
  Object.fromEntries(Object.entries(tags).filter(([tag]) => !tag.startsWith('weft:')));
