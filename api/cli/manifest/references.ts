import { mapTexts, parseReference, unescaped, valueAt } from '../../contract/index.ts';

/** The names that a value refers to, anywhere inside. */
export function namesIn(value: unknown): Set<string> {
  const names = new Set<string>();
  for (const text of textsIn(value)) {
    const reference = parseReference(text);
    if (reference) names.add(reference.name);
  }
  return names;
}

/**
 * A copy of `value` in which references to what exists already are their values; the others stay as they are, for the
 * batch that makes what they name.
 */
export function resolveKnown(value: unknown, existing: ReadonlyMap<string, object>): unknown {
  return mapTexts(value, (text) => {
    const reference = parseReference(text);
    return (reference && valueAt(existing.get(reference.name), reference.path)) ?? text;
  });
}

/** A value as it is without references: in each text, `$$` becomes `$`. */
export const withoutEscapes = (value: unknown) => mapTexts(value, unescaped);

/** Every text in a value, however deep. */
export function* textsIn(value: unknown): Iterable<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) yield* textsIn(inner);
  }
}
