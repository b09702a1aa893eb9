import { crc32 } from 'node:zlib';
import { type Action, encodeMessage, type FieldName, type FlowMod, type Message } from 'node-openflow';
import { ScopeState } from '../../compiler/scope-state.ts';
import type { ChangeSet, DesiredState, FragmentChange, StoredFragment } from '../../compiler/types.ts';
import {
  encodeCookie,
  type FragmentReference,
  globalScope,
  type Scope,
  type ScopeKey,
  scopeKey,
  tableOf,
} from '../../pipeline/index.ts';

/** A fragment as a test writes it. Another `content` makes another version of it. */
export interface FragmentInput {
  readonly scope: Scope;
  readonly key: string;
  readonly number: number;
  readonly flows?: number;
  readonly content?: number;
  /** In place of the action that holds the content. */
  readonly actions?: readonly Action[];
  readonly before?: readonly Message[];
  readonly after?: readonly Message[];
  readonly whenGone?: readonly Message[];
  /** Keys of other fragments. */
  readonly waitsFor?: readonly string[];
}

export type Edit =
  | { readonly put: FragmentInput }
  | { readonly remove: { readonly scope: Scope; readonly key: string } }
  | { readonly subscribe: { readonly hostId: string; readonly scope: Scope } }
  | { readonly unsubscribe: { readonly hostId: string; readonly scope: Scope } };

export const global = globalScope;
export const vpc = (number: number): Scope => ({ type: 'vpc', id: `vpc-${number}`, number });
export const host = (number: number): Scope => ({ type: 'host', id: `host-${number}`, number });

const kindOf = { global: 1, vpc: 2, host: 3 } as const;

/** Desired state that a test edits by hand, with real markers. */
export class EditableState implements DesiredState {
  revision = 0;
  readonly #scopes = new Map<ScopeKey, ScopeState>();
  readonly #vpcsOfHost = new Map<string, ScopeKey[]>();

  scope(key: ScopeKey): ScopeState | undefined {
    return this.#scopes.get(key);
  }

  scopesOfHost(hostId: string): readonly ScopeKey[] {
    return ['global', ...(this.#vpcsOfHost.get(hostId) ?? []), `host:${hostId}`];
  }

  locate({ id }: FragmentReference): { scope: ScopeKey; key: string } | undefined {
    for (const [scope, { fragments }] of this.#scopes) if (fragments.has(id)) return { scope, key: id };
    return undefined;
  }

  has(scope: Scope, key: string): boolean {
    return this.#scopes.get(scopeKey(scope))?.fragments.has(key) === true;
  }

  fragment(scope: Scope, key: string): StoredFragment {
    const fragment = this.#scopes.get(scopeKey(scope))?.fragments.get(key);
    if (!fragment) throw new Error(`no fragment ${key} in ${scopeKey(scope)}`);
    return fragment;
  }

  /** Makes one revision of the edits. */
  commit(...edits: readonly Edit[]): ChangeSet {
    this.revision++;
    const scopes = new Map<ScopeKey, FragmentChange[]>();
    const subscribe: { hostId: string; scope: ScopeKey }[] = [];
    const unsubscribe: { hostId: string; scope: ScopeKey; vpcNumber: number }[] = [];
    const change = (scope: Scope, key: string, after: StoredFragment | undefined) => {
      const state = this.#scopes.get(scopeKey(scope)) ?? new ScopeState(scope);
      const before = state.fragments.get(key);
      this.#scopes.set(scopeKey(scope), state);
      state.replace(before, after);
      if (state.fragments.size === 0) this.#scopes.delete(scopeKey(scope));
      scopes.set(scopeKey(scope), [...(scopes.get(scopeKey(scope)) ?? []), { before, after }]);
    };
    for (const edit of edits) {
      if ('put' in edit) change(edit.put.scope, edit.put.key, encodeFragment(edit.put));
      else if ('remove' in edit) change(edit.remove.scope, edit.remove.key, undefined);
      else if ('subscribe' in edit) subscribe.push(this.#subscribe(edit.subscribe));
      else unsubscribe.push(this.#unsubscribe(edit.unsubscribe));
    }
    return { revision: this.revision, scopes, subscribe, unsubscribe };
  }

  #subscribe({ hostId, scope }: { hostId: string; scope: Scope }) {
    const key = scopeKey(scope);
    this.#vpcsOfHost.set(hostId, [...(this.#vpcsOfHost.get(hostId) ?? []), key]);
    return { hostId, scope: key };
  }

  #unsubscribe({ hostId, scope }: { hostId: string; scope: Scope }) {
    const key = scopeKey(scope);
    const rest = (this.#vpcsOfHost.get(hostId) ?? []).filter((other) => other !== key);
    this.#vpcsOfHost.set(hostId, rest);
    return { hostId, scope: key, vpcNumber: scope.type === 'vpc' ? scope.number : 0 };
  }
}

function encodeFragment(input: FragmentInput): StoredFragment {
  const { scope, key, number, flows = 1, content = 0 } = input;
  const actions = input.actions ?? [{ type: 'set-field', field: 'reg4', value: content }];
  const version = crc32(`${scopeKey(scope)} ${key} ${flows} ${content}`);
  const cookie = encodeCookie({ fragmentKind: kindOf[scope.type], number, version });
  const messages = Array.from({ length: flows }, (_, index) =>
    encodeMessage(flowOf(scope, number * 10_000 + index, actions, cookie)),
  );
  return {
    key,
    scope,
    cookie,
    bytes: Buffer.concat(messages),
    flowCount: flows,
    denies: actions.length === 0,
    before: input.before ?? [],
    after: input.after ?? [],
    whenGone: input.whenGone ?? [],
    waitsFor: (input.waitsFor ?? []).map((id) => ({ definition, id })),
  };
}

const definition = { name: 'test', code: 1, compile: () => undefined };

function flowOf(scope: Scope, distinction: number, actions: readonly Action[], cookie: bigint): FlowMod {
  const field: FieldName = 'reg8';
  const distinct = { field, value: distinction };
  const match =
    scope.type === 'vpc'
      ? [{ field: 'metadata' as const, value: BigInt(scope.number) }, distinct]
      : [distinct];
  return {
    type: 'flow-mod',
    command: 'add',
    table: tableOf(scope.type === 'vpc' ? 'resolve' : scope.type === 'host' ? 'locate' : 'forward'),
    priority: 100,
    cookie,
    match,
    instructions: actions.length === 0 ? [] : [{ type: 'apply-actions', actions }],
  };
}
