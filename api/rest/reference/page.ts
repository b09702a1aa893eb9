import { createHash } from 'node:crypto';
import { Html, html, prose } from './html.ts';
import { fieldRow, type SchemaNode, schemaSection, typeOf } from './schema-view.ts';

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema?: SchemaNode }>>;
  readonly description?: string;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: SchemaNode;
}

interface Operation {
  readonly operationId: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Content;
  readonly responses?: Readonly<Record<string, Content>>;
}

/** As much of an OpenAPI document as the page shows. */
export interface ReferenceDocument {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly tags?: readonly { readonly name: string; readonly description?: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, SchemaNode>> };
}

const style = `
:root { color-scheme: light dark; --line: #8884; --soft: #8882; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; display: grid; grid-template-columns: 17rem minmax(0, 1fr); }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; padding: 1rem; box-sizing: border-box; border-right: 1px solid var(--line); font-size: 0.875rem; }
nav ul { list-style: none; margin: 0; padding: 0; }
main { padding: 1rem 2rem 6rem; max-width: 64rem; }
h2 { margin-top: 3rem; border-bottom: 1px solid var(--line); }
h3 { margin: 2rem 0 0.5rem; font-size: 1.05rem; overflow-wrap: anywhere; }
section { scroll-margin-top: 1rem; }
code { font: 0.875em ui-monospace, monospace; overflow-wrap: anywhere; }
.method { display: inline-block; min-width: 4.2em; padding: 0 0.3em; background: var(--soft); border-radius: 3px; text-align: center; }
table { border-collapse: collapse; width: 100%; margin: 0.5rem 0; font-size: 0.9rem; }
th, td { border-top: 1px solid var(--line); padding: 0.3rem 0.5rem 0.3rem 0; text-align: left; vertical-align: top; font-weight: normal; }
th { width: 14rem; } td:nth-child(2) { width: 11rem; }
td table th, td table td:nth-child(2) { width: auto; }
em, .limits { font-size: 0.85em; opacity: 0.75; }
@media (max-width: 50rem) { body { display: block; } nav { position: static; height: auto; border: 0; } main { padding: 1rem; } table, tbody, tr, th, td { display: block; width: auto !important; } th { padding-bottom: 0; } td { border: 0; padding-top: 0; } }
`;

const digest = createHash('sha256').update(style).digest('base64');

/** What the browser may load for the page: its own style, and nothing else from anywhere. */
export const referencePolicy = `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** An OpenAPI document as a page for people: without scripts, and complete in itself. */
export function referencePage(document: ReferenceDocument): string {
  const { info, tags = [], components } = document;
  const schemas = Object.entries(components.schemas);
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${info.title} API reference</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>${new Html(style)}</style></head>
<body><nav aria-label="Contents"><p><strong>${info.title}</strong> API, version ${info.version}</p>
<ul>${tags.map(({ name }) => html`<li><a href="#tag-${name}">${name}</a></li>`)}<li><a href="#schemas">Schemas</a></li></ul></nav>
<main><h1>${info.title} API</h1><p>${prose(info.description)}</p>
<p>For programs: <a href="openapi.json">openapi.json</a>, OpenAPI 3.1.</p>
${tags.map((tag) => tagSection(document, tag))}
<h2 id="schemas">Schemas</h2>
${schemas.map(([name, schema]) => schemaSection(name, schema))}</main></body></html>
`.text;
}

function tagSection(
  { paths }: ReferenceDocument,
  tag: { readonly name: string; readonly description?: string },
): Html {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, operation]) => operation.tags?.includes(tag.name))
      .map(([method, operation]) => operationSection(method, path, operation)),
  );
  return html`<h2 id="tag-${tag.name}">${tag.name}</h2><p>${prose(tag.description)}</p>
${operations}`;
}

function operationSection(method: string, path: string, operation: Operation): Html {
  const { operationId, summary, description, parameters = [], requestBody, responses = {} } = operation;
  return html`<section id="${operationId}"><h3><span class="method">${method.toUpperCase()}</span> <code>${path}</code></h3>
<p>${prose(summary)}. ${prose(description)}</p>
<table><tbody>${parameters.map(parameterRow)}
${requestBody ? html`<tr><th scope="row">body</th><td>${bodyOf(requestBody)}</td><td></td></tr>` : undefined}
${Object.entries(responses).map(
  ([status, answer]) =>
    html`<tr><th scope="row">answers <code>${status}</code></th><td>${bodyOf(answer)}</td><td>${prose(answer.description)}</td></tr>`,
)}</tbody></table></section>
`;
}

const parameterRow = ({ name, in: place, required = false, description, schema = {} }: Parameter) =>
  fieldRow(
    place === 'path' ? `{${name}}` : place === 'query' ? `?${name}` : name,
    schema,
    required,
    description,
  );

function bodyOf({ content = {} }: Content): Html {
  const [schema] = Object.values(content).map((each) => each.schema);
  return schema ? typeOf(schema) : html``;
}
