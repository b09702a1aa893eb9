import { WeftError } from '@weft/controller/resources';
import { mapTexts, parseReference, unescaped, valueAt } from '../contract/index.ts';

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
    return mapTexts(value, (text, at) => (text.startsWith('$') ? this.#resolveText(text, at) : text), field);
  }

  #resolveText(text: string, field: string): unknown {
    if (text.startsWith('$$')) return unescaped(text);
    const reference = parseReference(text);
    const value = reference && valueAt(this.#named.get(reference.name), reference.path);
    if (value !== undefined) return value;
    const names = [...this.#named.keys()].map((each) => `$${each}`).join(', ');
    throw new WeftError('unknown-reference', `${text} names nothing that the batch has made before`, {
      field,
      value: text,
      fix: names === '' ? 'Give an earlier create operation a name with `as`.' : `Known here: ${names}.`,
    });
  }
}
