import type { Message } from 'node-openflow';
import type { FragmentReference, Scope, ScopeKey } from '../pipeline/index.ts';

/** A compiled and encoded fragment: the same bytes go to every subscriber of its scope. */
export interface StoredFragment {
  /** Unique in its scope and over time: code of the fragment kind and id of the resource. */
  readonly key: string;
  readonly scope: Scope;
  /** On every flow of the fragment. Another content has another cookie. */
  readonly cookie: bigint;
  /** ADD flow-mods, one after the other, from the highest priority down, ready for the wire. */
  readonly bytes: Uint8Array;
  readonly flowCount: number;
  /** All flows drop: the fragment comes before, and goes after, those that it keeps something from. */
  readonly denies: boolean;
  readonly before: readonly Message[];
  readonly after: readonly Message[];
  readonly whenGone: readonly Message[];
  readonly waitsFor: readonly FragmentReference[];
}

/** A fragment that could not be compiled: an error in a feature, or a resource that should have been refused. */
export interface Defect {
  /** Name of the fragment kind. */
  readonly fragment: string;
  /** The resource that it was to be compiled for. */
  readonly id: string;
  readonly error: unknown;
}

/** One fragment that changed. `before` undefined: new; `after` undefined: removed. */
export interface FragmentChange {
  readonly before: StoredFragment | undefined;
  readonly after: StoredFragment | undefined;
}

/** Everything of one scope. */
export interface ScopeContent {
  readonly scope: Scope;
  readonly fragments: ReadonlyMap<string, StoredFragment>;
  /** 64 bits over the cookies of all fragments, independent of order; kept incrementally. */
  readonly digest: bigint;
  /** How many flows all fragments have; kept incrementally. */
  readonly flowCount: number;
  /** ADD flow-mod of the marker flow which holds the digest; sent last. */
  readonly marker: Uint8Array;
}

/** What one commit means for the switches. */
export interface ChangeSet {
  readonly revision: number;
  readonly scopes: ReadonlyMap<ScopeKey, readonly FragmentChange[]>;
  /** VPC scopes that a host starts to need. */
  readonly subscribe: readonly { readonly hostId: string; readonly scope: ScopeKey }[];
  /** VPC scopes that a host no longer needs. */
  readonly unsubscribe: readonly {
    readonly hostId: string;
    readonly scope: ScopeKey;
    readonly vpcNumber: number;
  }[];
}

/** What the southbound may ask of the compiler. */
export interface DesiredState {
  readonly revision: number;
  /** Undefined when nothing was ever compiled for the scope, or all of it is gone. */
  scope(key: ScopeKey): ScopeContent | undefined;
  /** Scopes that the host should have now: global, its own, and the VPCs bound there. In the order to install. */
  scopesOfHost(hostId: string): readonly ScopeKey[];
  /** Key of a fragment in its scope, for `waitsFor`. */
  locate(reference: FragmentReference): { scope: ScopeKey; key: string } | undefined;
}
