import graphology from 'graphology';
import {
  type AnyResource,
  type KindName,
  kindNames,
  kinds,
  type Reference,
  type ReferenceType,
  type ResourceOf,
} from '../resources/index.ts';
import { CreationOrder } from './creation-order.ts';
import { ReferrerIndex } from './indexes/referrers.ts';
import type { TopologyView } from './view.ts';

/** What indexes may ask. */
export type GraphReader = Pick<TopologyView, 'get' | 'referrers'>;

/** A node without a resource stands for one that is named already, but not there yet. */
interface NodeAttributes {
  resource: AnyResource | undefined;
}
interface EdgeAttributes {
  readonly type: ReferenceType;
}

/**
 * The resources as nodes and their references as typed edges, from the resource that declares one to its target.
 *
 * Invariants: a node has a resource, or an edge that points at it; only nodes with a resource have edges that leave
 * them; the edges that leave a node are the references of its resource, each once.
 */
export class ResourceGraph implements GraphReader {
  readonly #graph = new graphology.MultiDirectedGraph<NodeAttributes, EdgeAttributes>();
  readonly #referrers = new ReferrerIndex();
  readonly #kinds = new Map(kindNames.map((kind) => [kind, new CreationOrder()]));
  /** Attributes are never changed, so all edges of a type share theirs. */
  readonly #edgeAttributes = new Map<ReferenceType, EdgeAttributes>();
  #edgesMade = 0;

  get<K extends KindName>(kind: K, id: string): ResourceOf<K> | undefined {
    return this.#resources(kind).get(id) as ResourceOf<K> | undefined;
  }

  all<K extends KindName>(kind: K): Iterable<ResourceOf<K>> {
    return this.#resources(kind).values() as Iterable<ResourceOf<K>>;
  }

  count(kind: KindName): number {
    return this.#resources(kind).size;
  }

  *referrers<K extends KindName>(
    target: { kind: KindName; id: string },
    type: ReferenceType,
    kind: K,
  ): Iterable<ResourceOf<K>> {
    const resources = this.#resources(kind);
    // Only nodes with a resource have edges that leave them.
    for (const id of this.#referrers.ids(target, type, kind)) yield resources.get(id) as ResourceOf<K>;
  }

  /** Their ids alone, from the index. A live view: it changes with the next change of the graph. */
  referrerIds(target: { kind: KindName; id: string }, type: ReferenceType, kind: KindName): Iterable<string> {
    return this.#referrers.ids(target, type, kind);
  }

  countReferrers(target: { kind: KindName; id: string }, type: ReferenceType, kind: KindName): number {
    return this.#referrers.count(target, type, kind);
  }

  /**
   * Puts a resource, or takes it away where `after` is undefined, with its edges.
   *
   * @returns the version that was there before
   */
  replace(kind: KindName, id: string, after: AnyResource | undefined): AnyResource | undefined {
    const node = nodeKey(kind, id);
    const resources = this.#resources(kind);
    const before = resources.get(id);
    this.#ensureNode(node);
    this.#graph.setNodeAttribute(node, 'resource', after);
    if (after) resources.set(after);
    else resources.delete(id);
    this.#replaceEdges(kind, id, referencesOf(before), referencesOf(after));
    this.#dropIfUnused(node);
    return before;
  }

  /** The whole content as lines of text in any order, to compare two projections in tests. */
  *describe(): Iterable<string> {
    for (const { node, attributes } of this.#graph.nodeEntries()) {
      yield `node ${node} ${JSON.stringify(attributes.resource) ?? 'placeholder'}`;
    }
    yield `${this.#graph.size} edges`;
    for (const { source, target, attributes } of this.#graph.edgeEntries()) {
      yield `edge ${source} ${attributes.type} ${target}`;
    }
    for (const kind of kindNames) {
      const ids = [...this.all(kind)].map(({ id }) => id);
      yield `all ${kind} (${this.count(kind)}): ${ids.join(' ')}`;
    }
    yield* this.#referrers.describe();
  }

  #resources(kind: KindName): CreationOrder {
    return this.#kinds.get(kind) as CreationOrder;
  }

  #replaceEdges(kind: KindName, id: string, before: References, after: References): void {
    for (const [key, reference] of before) if (!after.has(key)) this.#removeEdge(kind, id, reference);
    for (const [key, reference] of after) if (!before.has(key)) this.#addEdge(kind, id, reference);
  }

  #addEdge(kind: KindName, id: string, reference: Reference): void {
    const target = nodeKey(reference.kind, reference.id);
    this.#ensureNode(target);
    // The key says nothing and is short: one that named both ends would be the largest part of an edge.
    const edge = (this.#edgesMade++).toString(36);
    this.#graph.addEdgeWithKey(edge, nodeKey(kind, id), target, this.#attributesOf(reference.type));
    this.#referrers.add(kind, id, reference);
  }

  #removeEdge(kind: KindName, id: string, reference: Reference): void {
    const target = nodeKey(reference.kind, reference.id);
    const edges = this.#graph.outEdges(nodeKey(kind, id), target);
    const edge = edges.find((key) => this.#graph.getEdgeAttribute(key, 'type') === reference.type);
    this.#graph.dropEdge(edge);
    this.#referrers.remove(kind, id, reference);
    this.#dropIfUnused(target);
  }

  #attributesOf(type: ReferenceType): EdgeAttributes {
    let attributes = this.#edgeAttributes.get(type);
    if (!attributes) {
      attributes = Object.freeze({ type });
      this.#edgeAttributes.set(type, attributes);
    }
    return attributes;
  }

  #ensureNode(node: string): void {
    if (!this.#graph.hasNode(node)) this.#graph.addNode(node, { resource: undefined });
  }

  #dropIfUnused(node: string): void {
    if (this.#graph.getNodeAttribute(node, 'resource')) return;
    if (this.#graph.inDegree(node) === 0) this.#graph.dropNode(node);
  }
}

type References = ReadonlyMap<string, Reference>;
const noReferences: References = new Map();

/** Each reference once, by a key that tells them apart: a spec may name the same target twice. */
function referencesOf(resource: AnyResource | undefined): References {
  if (!resource) return noReferences;
  const references = kinds[resource.kind].references(resource.spec, resource.status);
  return new Map(
    references.map((reference) => [`${reference.type} ${nodeKey(reference.kind, reference.id)}`, reference]),
  );
}

const nodeKey = (kind: KindName, id: string) => `${kind}:${id}`;
