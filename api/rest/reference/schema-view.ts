import { type Html, html, prose } from './html.ts';

/** As much of JSON Schema as the document uses. */
export interface SchemaNode {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | SchemaNode;
  readonly patternProperties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly examples?: readonly unknown[];
  readonly [keyword: string]: unknown;
}

const nameOf = (pointer: string) => pointer.split('/').at(-1) ?? pointer;

/** Where a schema stands on the page. */
export const schemaAnchor = (name: string) => `schema-${name}`;

/** What a value is, in a few words; named schemas are links. */
export function typeOf(schema: SchemaNode): Html {
  if (schema.$ref !== undefined) {
    const name = nameOf(schema.$ref);
    return html`<a href="#${schemaAnchor(name)}">${name}</a>`;
  }
  if (schema.const !== undefined) return html`<code>${JSON.stringify(schema.const)}</code>`;
  if (schema.enum) return joined(schema.enum.map((value) => html`<code>${JSON.stringify(value)}</code>`));
  if (schema.anyOf) return joined(schema.anyOf.map(typeOf));
  if (schema.type === 'array') return html`list of ${schema.items ? typeOf(schema.items) : 'anything'}`;
  return html`${schema.type === undefined ? 'anything' : [schema.type].flat().join(' or ')}`;
}

const joined = (types: readonly Html[]) =>
  html`${types.map((type, index) => (index === 0 ? type : html` or ${type}`))}`;

const limitNames: Readonly<Record<string, string>> = {
  minimum: 'at least',
  maximum: 'at most',
  minLength: 'shortest',
  maxLength: 'longest',
  minItems: 'fewest',
  maxItems: 'most',
  pattern: 'form',
};

/** Bounds and examples of a value. */
function limitsOf(schema: SchemaNode): Html {
  const limits = Object.entries(limitNames)
    .filter(([keyword]) => schema[keyword] !== undefined)
    .map(([keyword, name]) => html`<span>${name} <code>${String(schema[keyword])}</code></span> `);
  const examples = (schema.examples ?? []).map(
    (value) => html`<span>e.g. <code>${JSON.stringify(value)}</code></span> `,
  );
  return limits.length + examples.length === 0
    ? html``
    : html`<div class="limits">${limits}${examples}</div>`;
}

/** A row of a table: one field or parameter. */
export function fieldRow(name: string, schema: SchemaNode, required: boolean, description?: string): Html {
  const inner = schema.type === 'array' ? schema.items : schema;
  return html`<tr><th scope="row"><code>${name}</code>${required ? html` <em>required</em>` : undefined}</th>
<td>${typeOf(schema)}</td>
<td>${prose(description ?? schema.description)}${limitsOf(schema)}${inner?.properties ? fieldsOf(inner) : undefined}</td></tr>
`;
}

/** The fields of an object, with those of objects in them. */
export function fieldsOf(schema: SchemaNode): Html {
  const { properties = {}, required = [] } = schema;
  const rows = Object.entries(properties).map(([name, field]) =>
    fieldRow(name, field, required.includes(name)),
  );
  return rows.length === 0 ? html`` : html`<table><tbody>${rows}</tbody></table>`;
}

/** One named schema. */
export function schemaSection(name: string, schema: SchemaNode): Html {
  const body = schema.properties ? fieldsOf(schema) : html`<p>${typeOf(schema)}</p>${limitsOf(schema)}`;
  return html`<section id="${schemaAnchor(name)}"><h3>${name}</h3>
${schema.description === undefined ? undefined : html`<p>${prose(schema.description)}</p>`}
${body}</section>
`;
}
