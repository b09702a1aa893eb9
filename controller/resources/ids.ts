import { randomBytes } from 'node:crypto';

/** AWS's form: a prefix, a dash and 17 random hexadecimal digits, so that ids tell nothing about each other. */
export function newId(prefix: string): string {
  return `${prefix}-${randomBytes(9).toString('hex').slice(0, 17)}`;
}

/** True when `id` has the form that `newId(prefix)` gives. */
export function isId(prefix: string, id: string): boolean {
  return id.startsWith(`${prefix}-`) && /^[0-9a-f]{17}$/.test(id.slice(prefix.length + 1));
}
