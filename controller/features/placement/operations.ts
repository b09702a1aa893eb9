import type { Draft } from '../operations/draft.ts';

/** The owner goes, or needs no gateway host any more: so does its placement. Absent ones are no error. */
export function dropPlacement(draft: Draft, ownerId: string): void {
  const placement = draft.get('placement', ownerId);
  if (placement) draft.remove(placement);
}
