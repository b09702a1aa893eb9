import { WeftError } from '@weft/controller/resources';

/** `$name` or `$name.spec.mainRouteTableId`; `$$` stands for a dollar sign. */
const form = /^\$([A-Za-z][A-Za-z0-9_-]{0,62})((?:\.[A-Za-z][A-Za-z0-9]{0,62}){0,4})$/;

/** What the operations of a batch have made so far, by the names that the batch gives them. */
export class BatchNames {
  readonly #named = new Map<string, unknown>();

  /** @throws WeftError already-exists */
  add(name: string, resource: unknown, field: string): void {
    if (this.#named.has(name)) {
      throw new WeftError('already-exists', `the batch has an operation named ${name} already`, {
        field,
        value: name,
        fix: 'Give each operation a name of its own.',
      });
    }
    this.#named.set(name, resource);
  }

  /**
   * A copy of `value` in which each text of the form `$name` is the id of that resource, and `$name.spec.field` one of its
   * fields.
   *
   * @param field where the value stands, for errors
   * @throws WeftError unknown-reference
   */
  resolve(value: unknown, field: string): unknown {
    if (typeof value === 'string') return value.startsWith('$') ? this.#resolveText(value, field) : value;
    if (Array.isArray(value)) return value.map((item, index) => this.resolve(item, `${field}[${index}]`));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [name, this.resolve(inner, `${field}.${name}`)]),
    );
  }

  #resolveText(text: string, field: string): unknown {
    if (text.startsWith('$$')) return text.slice(1);
    const [, name = '', path = ''] = form.exec(text) ?? [];
    let value = this.#named.get(name);
    for (const step of path === '' ? ['id'] : path.slice(1).split('.')) {
      const known = typeof value === 'object' && value !== null && Object.hasOwn(value, step);
      value = known ? (value as Record<string, unknown>)[step] : undefined;
    }
    if (value !== undefined) return value;
    const names = [...this.#named.keys()].map((each) => `$${each}`).join(', ');
    throw new WeftError('unknown-reference', `${text} names nothing that the batch has made before`, {
      field,
      value: text,
      fix: names === '' ? 'Give an earlier create operation a name with `as`.' : `Known here: ${names}.`,
    });
  }
}
