/** A set of fragments that a host subscribes to as a whole. */
export type Scope =
  | { readonly type: 'global' }
  | { readonly type: 'vpc'; readonly id: string; readonly number: number }
  | { readonly type: 'host'; readonly id: string; readonly number: number };

export type ScopeKey = 'global' | `vpc:${string}` | `host:${string}`;

export function scopeKey(scope: Scope): ScopeKey {
  return scope.type === 'global' ? 'global' : `${scope.type}:${scope.id}`;
}
export const globalScope: Scope = { type: 'global' };
