import type { Action } from '../actions/types.ts';
import { ports } from '../ports.ts';
import type { PacketKnowledge } from './packet-knowledge.ts';
import { badText, parseInteger } from './syntax.ts';

/** Names to print instead of numbers. */
export interface FormatOptions {
  readonly tableNames?: ReadonlyMap<number, string>;
  readonly portNames?: ReadonlyMap<number, string>;
}

/** What the text form of an action needs from its surroundings. */
export interface FormatContext extends FormatOptions {
  formatActions(actions: readonly Action[]): string;
}

/** What parsing an action needs from its surroundings. */
export interface ParseContext {
  /** Absent where nothing is known about the packets, as in groups. */
  readonly packet?: PacketKnowledge;
  parseActions(text: string): Action[];
}

/** Names that a text may use instead of numbers. */
export interface ParseOptions {
  readonly tables?: ReadonlyMap<string, number>;
  readonly ports?: ReadonlyMap<string, number>;
}

/** Names that hold while a text is read. Reading is synchronous, so that no other text is read in between. */
let names: ParseOptions = {};

/** Reads a text that may use these names. */
export function withNames<Result>(options: ParseOptions, parse: () => Result): Result {
  const outer = names;
  names = options;
  try {
    return parse();
  } finally {
    names = outer;
  }
}

function unquoted(text: string): string {
  return /^".*"$/.test(text) ? text.slice(1, -1) : text;
}

const reservedPorts: readonly (readonly [name: string, port: number])[] = [
  ['IN_PORT', ports.inPort],
  ['TABLE', ports.table],
  ['NORMAL', ports.normal],
  ['FLOOD', ports.flood],
  ['ALL', ports.all],
  ['CONTROLLER', ports.controller],
  ['LOCAL', ports.local],
  ['ANY', ports.any],
  ['UNSET', ports.unset],
];
const reservedNames = new Map(reservedPorts.map(([name, port]) => [port, name]));
const reservedNumbers = new Map([...reservedPorts, ['NONE', ports.any] as const]);

/** First reserved number in the 16-bit numbering of OpenFlow 1.0, which the Nicira extensions use. */
const firstReserved16 = 0xff00;
const offset16 = 0xffff0000;

/** The port that text means by a name or number; undefined when it is neither. 16-bit reserved numbers are understood. */
export function findPort(text: string): number | undefined {
  const reserved = reservedNumbers.get(text.toUpperCase());
  if (reserved !== undefined) return reserved;
  if (!/^\d+$/.test(text)) return names.ports?.get(unquoted(text));
  const port = Number(text);
  if (port < firstReserved16) return port;
  if (port <= 0xffff) return port + offset16;
  return port >= ports.maximum && port <= ports.any ? port : undefined;
}

export function parsePort(text: string): number {
  return findPort(text) ?? badText(`"${text}" is not a port`);
}

export function formatPort(port: number, names?: ReadonlyMap<number, string>): string {
  return reservedNames.get(port) ?? names?.get(port) ?? String(port);
}

export function parseTable(text: string): number {
  return names.tables?.get(unquoted(text)) ?? parseInteger(text, 8, 'table');
}

export function formatTable(table: number, names?: ReadonlyMap<number, string>): string {
  return names?.get(table) ?? String(table);
}

/** A port in the 16-bit numbering of the Nicira extensions. */
export function toPort16(port: number): number {
  if (port >= ports.maximum && port <= ports.any) return port - offset16;
  if (port < firstReserved16) return port;
  return badText(`port ${port} cannot be written in 16 bits`);
}

export function fromPort16(port: number): number {
  return port >= firstReserved16 ? port + offset16 : port;
}
