import type { Version } from '../messages/types.ts';

function u16(value: number): string {
  return value.toString(16).padStart(4, '0');
}

function padded(hex: string): string {
  return hex.padEnd(Math.ceil(hex.length / 16) * 16, '0');
}

/**
 * For tests: the bytes, in hexadecimal digits, of a flow-mod that adds a flow to table 0, put together without the library.
 * `entries` are the fields of the match, `instructions` whole instructions.
 */
export function rawFlowMod(version: Version, entries: string, instructions: string): string {
  const fixed = `${'0'.repeat(44)}8000${'f'.repeat(24)}${'0'.repeat(8)}`;
  const match = padded(`0001${u16(4 + entries.length / 2)}${entries}`);
  const body = fixed + match + instructions;
  return `0${version}0e${u16(8 + body.length / 2)}00000000${body}`;
}

/** An instruction that applies these actions. */
export function rawApplyActions(actions: string): string {
  return `0004${u16(8 + actions.length / 2)}00000000${actions}`;
}
