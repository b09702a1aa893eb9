import { features } from '../features/index.ts';
import type { Feature } from '../pipeline/index.ts';
import type { Change } from '../store/index.ts';

/** How a change is told in a name: `FEATURE KIND created`. */
function reactionName(feature: Feature, { kind, before, after }: Change): string {
  return `${feature.name} ${kind} ${before ? (after ? 'updated' : 'removed') : 'created'}`;
}

/** The features, of which one forgets to react to one kind of change. */
export function forgetful(reaction: string): readonly Feature[] {
  return features.map((feature) => ({
    ...feature,
    *affected(change, view) {
      if (reactionName(feature, change) !== reaction) yield* feature.affected(change, view);
    },
  }));
}

/** The features, which note to what they reacted by naming a fragment. */
export function observed(reactions: Set<string>): readonly Feature[] {
  return features.map((feature) => ({
    ...feature,
    *affected(change, view) {
      for (const reference of feature.affected(change, view)) {
        reactions.add(reactionName(feature, change));
        yield reference;
      }
    },
  }));
}
