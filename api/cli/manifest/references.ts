/** `$name` or `$name.spec.field`, as in a batch of the API; `$$` stands for a dollar sign. */
const form = /^\$([A-Za-z][A-Za-z0-9_-]{0,62})((?:\.[A-Za-z][A-Za-z0-9]{0,62})*)$/;

/** The names that a value refers to, anywhere inside. */
export function namesIn(value: unknown): Set<string> {
  const names = new Set<string>();
  visit(value, (text) => {
    const name = form.exec(text)?.[1];
    if (name !== undefined) names.add(name);
    return text;
  });
  return names;
}

/**
 * A copy of `value` in which references to what exists already are their values; the others stay as they are, for the
 * batch that makes what they name.
 */
export function resolveKnown(value: unknown, existing: ReadonlyMap<string, object>): unknown {
  return visit(value, (text) => {
    const [, name = '', path = ''] = form.exec(text) ?? [];
    let found: unknown = existing.get(name);
    if (found === undefined) return text;
    for (const step of path === '' ? ['id'] : path.slice(1).split('.')) {
      found =
        typeof found === 'object' && found !== null ? (found as Record<string, unknown>)[step] : undefined;
    }
    return found ?? text;
  });
}

/** A text as it is, whatever it begins with. */
export const escaped = (text: string) => (text.startsWith('$') ? `$${text}` : text);

/** What a text means that is no reference: `$$` becomes `$`. */
export function unescaped(value: unknown): unknown {
  return visit(value, (text) => (text.startsWith('$$') ? text.slice(1) : text));
}

function visit(value: unknown, change: (text: string) => unknown): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => visit(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, visit(inner, change)]));
}

/** Every text in a value, however deep. */
export function* textsIn(value: unknown): Iterable<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) yield* textsIn(inner);
  }
}
