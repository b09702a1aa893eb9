import { formatMatch } from '../fields/match-format.ts';
import { type FormatOptions, formatTable } from '../text/context.ts';
import { hexadecimal } from '../text/syntax.ts';
import type { FieldValues, TraceStep } from './types.ts';

function formatFields(fields: FieldValues, options: FormatOptions): string {
  return formatMatch(
    [...fields].map(([field, value]) => ({ field, value })),
    options,
  );
}

function formatLookup(step: Extract<TraceStep, { type: 'lookup' }>, options: FormatOptions): string {
  const table = formatTable(step.table, options.tableNames);
  if (!step.flow) return `${table}. no flow matches: drop`;
  const { cookie, priority, match } = step.flow;
  const text = [formatMatch(match, options), `priority ${priority}`].filter((part) => part !== '').join(', ');
  return `${table}. ${text}${cookie === 0n ? '' : `, cookie ${hexadecimal(cookie)}`}`;
}

function formatStep(step: TraceStep, options: FormatOptions): string {
  switch (step.type) {
    case 'lookup':
      return formatLookup(step, options);
    case 'action':
      return `  ${step.text}`;
    case 'note':
      return `   >> ${step.text}`;
    case 'resume':
      return `\nresumes in table ${formatTable(step.table, options.tableNames)}: ${formatFields(step.fields, options)}`;
    case 'final':
      return `final: ${formatFields(step.fields, options)}`;
  }
}

/** The way of a packet in the manner of `ofproto/trace`, with names for tables and ports. */
export function formatTrace(trace: readonly TraceStep[], options: FormatOptions = {}): string {
  return trace.map((step) => `${'    '.repeat(step.depth)}${formatStep(step, options)}`).join('\n');
}
