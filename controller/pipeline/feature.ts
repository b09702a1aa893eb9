import type { Message } from 'node-openflow';
import type { Change } from '../store/store.ts';
import type { TopologyView } from '../topology/view.ts';
import type { Flow } from './flow.ts';
import type { Scope } from './scope.ts';

/** Names one fragment: its kind and the resource that it is compiled for. */
export interface FragmentReference {
  readonly definition: FragmentDefinition;
  /** Id of the resource that `compile` starts from. */
  readonly id: string;
}

/** All flows that one resource contributes to one stage group, as a feature compiles them. */
export interface CompiledFragment {
  readonly scope: Scope;
  /** The number in the cookie: that of the resource that the fragment is named after. */
  readonly number: number;
  readonly flows: readonly Flow[];
  /** Sent to a switch before the flows, when it did not have the fragment at all (not on later changes). */
  readonly before?: readonly Message[];
  /** Sent to a switch after the flows, whenever it gets the fragment or a new version of it. */
  readonly after?: readonly Message[];
  /** Sent to a switch after the flows of the fragment were removed for good. */
  readonly whenGone?: readonly Message[];
  /**
   * Fragments that every subscriber must have confirmed before this one is sent, so that a live connection never
   * meets rules that are not there yet.
   */
  readonly waitsFor?: readonly FragmentReference[];
}

export interface FragmentDefinition {
  /** For people: `interface.resolve`. */
  readonly name: string;
  /** In the cookie; 1 to 59, unique, and never given to another fragment kind. */
  readonly code: number;
  /** True when several fragments of the kind may have one number; the compiler then keeps their cookies apart. */
  readonly sharesNumbers?: true;
  /**
   * The fragment as the view has it, or undefined when there is none (any more). Pure: no I/O, no clock, no
   * randomness. Reads only through the view.
   */
  compile(view: TopologyView, id: string): CompiledFragment | undefined;
}

/** What a feature brings to the compiler. */
export interface Feature {
  readonly name: string;
  readonly fragments: readonly FragmentDefinition[];
  /**
   * The fragments whose content may differ after this change, found by following graph edges. The view stands at
   * the state after the whole commit; `change.before` is what was there.
   */
  affected(change: Change, view: TopologyView): Iterable<FragmentReference>;
  /** Fragments that belong to no resource and are always there. */
  readonly always?: readonly FragmentReference[];
}
