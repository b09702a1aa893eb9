import type { ApiKind, ApiResource } from '../contract/index.ts';
import { type Column, columnsOf } from './columns.ts';

export const formats = ['table', 'wide', 'json', 'yaml', 'name'] as const;
export type Format = (typeof formats)[number];

/** A list of resources of one kind. */
export async function renderList<K extends ApiKind>(
  kind: K,
  resources: readonly ApiResource<K>[],
  format: Format,
): Promise<string> {
  if (format === 'name') return resources.map((resource) => `${resource.id}\n`).join('');
  if (format === 'json' || format === 'yaml') return renderData(resources, format);
  const columns = columnsOf(kind, format === 'wide');
  const rows = resources.map((resource) => renderCells(columns, resource));
  return renderTable([columns.map((column) => column.title), ...rows]);
}

/** What a row of a table shows of a resource. */
export const renderCells = <R>(columns: readonly Column<R>[], resource: R): string[] =>
  columns.map((column) => cell(column.value(resource)));

/** One resource in full: a field a line, or as data. */
export async function renderOne(resource: ApiResource<ApiKind>, format: Format): Promise<string> {
  if (format === 'name') return `${resource.id}\n`;
  if (format === 'json' || format === 'yaml') return renderData(resource, format);
  return renderTable(flatten(resource));
}

export async function renderData(data: unknown, format: 'json' | 'yaml'): Promise<string> {
  if (format === 'json') return `${JSON.stringify(data, null, 2)}\n`;
  const { stringify } = await import('yaml');
  return stringify(data, { aliasDuplicateObjects: false });
}

/** Rows with their columns aligned; nothing stands behind the last column. */
export function renderTable(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((text, column) => {
      widths[column] = Math.max(widths[column] ?? 0, text.length);
    });
  }
  const line = (row: readonly string[]) =>
    row
      .map((text, column) => (column === row.length - 1 ? text : text.padEnd(widths[column] ?? 0)))
      .join('  ');
  return rows.map((row) => `${line(row)}\n`).join('');
}

const cell = (value: string | number | undefined) =>
  value === undefined || value === '' ? '-' : printable(String(value));

/** Names and tags come from other people; control characters in them must not reach a terminal. */
export const printable = (text: string) => text.replace(/\p{Cc}/gu, '�');

/** `[['spec.cidrBlock', '10.0.0.0/16'], …]` */
function flatten(value: unknown, path = ''): string[][] {
  if (Array.isArray(value) && value.every((member) => typeof member !== 'object')) {
    return [[path, cell(value.join(', '))]];
  }
  if (typeof value !== 'object' || value === null) return [[path, cell(String(value))]];
  const separator = path === '' ? '' : '.';
  return Object.entries(value).flatMap(([name, member]) =>
    flatten(member, Array.isArray(value) ? `${path}[${name}]` : `${path}${separator}${printable(name)}`),
  );
}
