import { CliError } from '../errors.ts';

/** A protocol as the API takes it: a name, or a number. */
export const protocolOf = (text: string) => (/^\d+$/.test(text) ? Number(text) : text);

/** `80` or `8000-8080` as the API takes it. @throws CliError usage */
export function portsOf(text: string | undefined): { fromPort?: number; toPort?: number } {
  if (text === undefined) return {};
  const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  if (first !== undefined) return { fromPort: Number(first), toPort: Number(last) };
  throw new CliError('usage', 'this is no port and no range of ports', {
    field: '--port',
    value: text,
    fix: 'Give it as 80 or as 8000-8080.',
  });
}
