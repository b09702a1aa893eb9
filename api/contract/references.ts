/** `$name` or `$name.spec.mainRouteTableId`; `$$` stands for a dollar sign. */
const form = /^\$([A-Za-z][A-Za-z0-9_-]{0,62})((?:\.[A-Za-z][A-Za-z0-9]{0,62}){0,4})$/;

/** Names one value of a resource that a batch makes, or a manifest has. */
export interface Reference {
  readonly name: string;
  /** From the resource to the value; `id` where the reference has no path. */
  readonly path: readonly string[];
}

/** Reads a text of the form `$name` or `$name.spec.field`; undefined for any other text. */
export function parseReference(text: string): Reference | undefined {
  const [, name, path = ''] = form.exec(text) ?? [];
  return name === undefined ? undefined : { name, path: path === '' ? ['id'] : path.slice(1).split('.') };
}

/** What the path of a reference leads to in a resource; undefined when it leads nowhere. */
export function valueAt(resource: unknown, path: readonly string[]): unknown {
  let value = resource;
  for (const step of path) {
    const known = typeof value === 'object' && value !== null && Object.hasOwn(value, step);
    value = known ? (value as Record<string, unknown>)[step] : undefined;
  }
  return value;
}

/** A text that stays as it is in a batch, whatever it begins with. */
export const escaped = (text: string) => (text.startsWith('$') ? `$${text}` : text);

/** What a text means that is no reference: `$$` becomes `$`. */
export const unescaped = (text: string) => (text.startsWith('$$') ? text.slice(1) : text);

/**
 * A copy of a value with every text in it, however deep, replaced by what `change` gives.
 *
 * @param field where the value stands; `change` is told where each text stands
 */
export function mapTexts(
  value: unknown,
  change: (text: string, field: string) => unknown,
  field = '',
): unknown {
  if (typeof value === 'string') return change(value, field);
  if (Array.isArray(value)) return value.map((item, index) => mapTexts(item, change, `${field}[${index}]`));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, mapTexts(inner, change, `${field}.${name}`)]),
  );
}
