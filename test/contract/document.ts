import assert from 'node:assert/strict';
import { Ajv, type ValidateFunction } from 'ajv';

type Json = Record<string, unknown>;

interface Described {
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
}

/** One answer, as it came. */
export interface Answered {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

/** The OpenAPI document, and what of it was seen in answers. */
export class Document {
  readonly #operations = new Map<string, Described>();
  readonly #reached = new Map<string, Set<string>>();
  readonly #ajv = new Ajv({ strict: false, formats: { 'date-time': true } });

  constructor(document: Json) {
    this.#ajv.addSchema({ $id: 'document', ...document });
    for (const [path, item] of Object.entries(document.paths as Record<string, Json>)) {
      for (const [method, described] of Object.entries(item)) {
        this.#operations.set(`${method.toUpperCase()} ${path}`, described as Described);
        this.#reached.set(`${method.toUpperCase()} ${path}`, new Set());
      }
    }
  }

  get operations(): Iterable<string> {
    return this.#operations.keys();
  }

  /** Holds an answer against the document, and remembers it. @throws AssertionError */
  check(operation: string, { status, contentType, text }: Answered): void {
    const responses = this.#operations.get(operation)?.responses;
    assert.ok(responses, `${operation} is not in the document`);
    const declared = [String(status), `${Math.floor(status / 100)}XX`].find((key) => responses[key]);
    assert.ok(declared, `${operation} answers ${status}, which the document does not have: ${text}`);
    this.#reached.get(operation)?.add(declared);
    const content = responses[declared]?.content ?? {};
    if (Object.keys(content).length === 0) {
      assert.equal(text, '', `${operation}: ${declared} has no content`);
      return;
    }
    const type = contentType.split(';')[0] ?? '';
    assert.ok(content[type], `${operation}: ${declared} is ${type}, which the document does not have`);
    if (!type.endsWith('json')) return;
    const validate = this.#validatorOf(operation, declared, type);
    const isValid = validate(JSON.parse(text));
    assert.ok(isValid, `${operation}: ${this.#ajv.errorsText(validate.errors)} in ${text.slice(0, 2000)}`);
  }

  /** Whether the document promises an answer that was not seen yet. */
  lacks(operation: string, status: string): boolean {
    const promised = this.#operations.get(operation)?.responses[status] !== undefined;
    return promised && !this.#reached.get(operation)?.has(status);
  }

  /** What the document promises and no answer has shown: `OPERATION STATUS`. */
  missing(): string[] {
    return [...this.#operations].flatMap(([operation, { responses }]) =>
      Object.keys(responses)
        .filter((status) => !this.#reached.get(operation)?.has(status))
        .map((status) => `${operation} ${status}`),
    );
  }

  #validatorOf(operation: string, status: string, type: string): ValidateFunction {
    const [method = '', path = ''] = operation.split(' ');
    const pointer = ['paths', path, method.toLowerCase(), 'responses', status, 'content', type, 'schema']
      .map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
      .join('/');
    const validate = this.#ajv.getSchema(`document#/${pointer}`);
    assert.ok(validate, `${operation} ${status} has no schema`);
    return validate;
  }
}
