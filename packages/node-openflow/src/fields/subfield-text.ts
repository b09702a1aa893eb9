import { badText } from '../text/syntax.ts';
import type { FieldDefinition } from './definition.ts';
import type { Subfield } from './match.ts';
import { actionTable } from './registry.ts';

/** Reads `NXM_NX_REG0[0..15]`, `reg0[3]` or `reg0[]`; undefined when the text does not name a field. */
export function findSubfield(text: string): Subfield | undefined {
  const parts = /^([^[\]]+?)(?:_W)?(?:\[(?:(\d+)(?:\.\.(\d+))?)?\])?$/.exec(text.trim());
  const definition = parts && actionTable.findByText(parts[1] as string);
  if (!parts || !definition) return undefined;
  const first = parts[2] === undefined ? 0 : Number(parts[2]);
  const last =
    parts[3] === undefined ? (parts[2] === undefined ? definition.bits - 1 : first) : Number(parts[3]);
  if (first > last || last >= definition.bits) {
    return badText(`"${text}": ${definition.textName} has the bits 0 to ${definition.bits - 1}`);
  }
  return { field: definition.name, offset: first, bits: last - first + 1 };
}

/** As `findSubfield`, but a text that names no field is an error. */
export function parseSubfield(text: string): Subfield {
  return findSubfield(text) ?? badText(`"${text}" is not a field or a part of one, like reg0[0..15]`);
}

/** The name under which actions mention a field: its NXM name, else its OXM name. */
function codeName(definition: FieldDefinition): string {
  return definition.versionless.name;
}

/** Writes a subfield as ovs-ofctl does: `NXM_NX_REG0[0..15]`. */
export function formatSubfield(subfield: Subfield): string {
  const definition = actionTable.get(subfield.field);
  const { offset, bits } = subfield;
  if (offset === 0 && bits === definition.bits) return `${codeName(definition)}[]`;
  if (bits === 1) return `${codeName(definition)}[${offset}]`;
  return `${codeName(definition)}[${offset}..${offset + bits - 1}]`;
}

/** Splits `source->destination`. */
export function splitArrow(text: string): [source: string, destination: string] {
  const arrow = text.indexOf('->');
  if (arrow < 0) return badText(`"${text}" has no "->"`);
  return [text.slice(0, arrow), text.slice(arrow + 2)];
}
