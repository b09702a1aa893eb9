import assert from 'node:assert/strict';
import { type ErrorCode, type KindName, kindNames, WeftError } from '../resources/index.ts';
import type { Commit } from '../store/index.ts';
import type { World } from './world.ts';

/** What a refusal must say; a field or value that is left out must be absent from the error. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly field?: string;
  readonly value?: unknown;
  /** What the sentence that says how to go on must match. */
  readonly fix?: RegExp;
}

/** The operation is refused, the error says what was wrong and what to do, and nothing was written. */
export async function assertRefused(
  world: World,
  attempt: () => Promise<unknown>,
  { code, field, value, fix = /./ }: Refusal,
): Promise<void> {
  const { revision } = world.store;
  await assert.rejects(attempt, (error) => {
    assertWeftError(error, { code, field, value, fix });
    return true;
  });
  assert.equal(world.store.revision, revision, 'a refused operation was committed');
}

/** The error has this code, names this field and value, and says in a sentence what to do. */
export function assertWeftError(
  error: unknown,
  { code, field, value, fix }: { code: ErrorCode; field: unknown; value: unknown; fix: RegExp },
): asserts error is WeftError {
  if (!(error instanceof WeftError)) throw error;
  assert.deepEqual({ code: error.code, field: error.field, value: error.value }, { code, field, value });
  assert.match(error.fix ?? '', /^[A-Z].*\.$/, 'a fix is a sentence');
  assert.match(error.fix ?? '', fix);
}

/** How many resources of each kind there are; kinds without any are left out. */
export function census(world: World): Partial<Record<KindName, number>> {
  const counts = kindNames.map((kind) => [kind, world.topology.count(kind)] as const);
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

/** What a commit did: `+kind`, `~kind` and `-kind` for each resource, in order. */
export function deeds(commit: Commit | undefined): string[] {
  return (commit?.changes ?? [])
    .map(({ kind, before, after }) => `${before ? (after ? '~' : '-') : '+'}${kind}`)
    .sort();
}
