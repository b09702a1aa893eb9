import type { KindName, ResourceOf } from '../../resources/index.ts';
import type { Draft } from './draft.ts';

export interface CreateRequest {
  readonly spec: Record<string, unknown>;
  readonly tags: Readonly<Record<string, string>>;
}
export interface UpdateRequest {
  readonly spec: Record<string, unknown>;
}

/**
 * What a feature lets callers do with a kind. Operations read the draft's view and write into the draft; they throw
 * `WeftError` for what is not allowed, and then nothing is written.
 */
export interface Operations<K extends KindName> {
  readonly kind: K;
  create?(draft: Draft, request: CreateRequest): ResourceOf<K>;
  update?(draft: Draft, current: ResourceOf<K>, request: UpdateRequest): ResourceOf<K>;
  remove?(draft: Draft, current: ResourceOf<K>): void;
}
