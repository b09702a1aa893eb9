import { channel } from 'node:diagnostics_channel';
import { ApiError } from '../contract/index.ts';

/** Every way in which the command itself fails, in one place: code → exit code and what it means. */
export const cliErrorCodes = {
  usage: { exit: 2, meaning: 'The command line is wrong.' },
  'unknown-name': { exit: 1, meaning: 'No resource has this id or name.' },
  'ambiguous-name': { exit: 1, meaning: 'Several resources have this name.' },
  'not-applied': { exit: 1, meaning: 'The write was made, but some hosts have not confirmed it in time.' },
  'not-running': { exit: 1, meaning: 'The instance did not reach the state that was waited for.' },
  'cannot-enter': { exit: 1, meaning: 'A command cannot be run in this instance from here.' },
  'wrong-manifest': { exit: 2, meaning: 'A manifest says something that cannot be.' },
  'cannot-change': { exit: 1, meaning: 'A manifest wants a change that needs the resource to be made anew.' },
  'wrong-configuration': { exit: 2, meaning: 'The file with the profiles cannot be used.' },
  'unknown-profile': { exit: 2, meaning: 'The configuration has no profile of this name.' },
  'cannot-start': { exit: 1, meaning: 'The controller or agent could not start.' },
} as const;
export type CliErrorCode = keyof typeof cliErrorCodes;

/** Exit codes of `weft`. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, unreachable: 3 } as const;

/** Tells those who want to know of every error that is made. */
const errorsMade = channel('weft:error');

export class CliError extends Error {
  readonly code: CliErrorCode;
  readonly field: string | undefined;
  readonly value: unknown;
  readonly fix: string | undefined;
  constructor(
    code: CliErrorCode,
    message: string,
    details: { field?: string; value?: unknown; fix?: string; cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.name = 'CliError';
    this.code = code;
    this.field = details.field;
    this.value = details.value;
    this.fix = details.fix;
    errorsMade.publish(this);
  }
}

/** One line for the person: `weft: <message> (<field>, <value>) — <fix>`. */
export function errorLine(error: unknown): string {
  const { message, field, value, fix } = partsOf(error);
  const shown = value === undefined ? undefined : typeof value === 'string' ? value : JSON.stringify(value);
  // What the message says already is not said twice.
  const where = [field, shown].filter((part) => part && !message.includes(part)).join(', ');
  return `weft: ${oneLine(message)}${where ? ` (${oneLine(where)})` : ''}${fix ? ` — ${oneLine(fix)}` : ''}`;
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof CliError) return cliErrorCodes[error.code].exit;
  if (!(error instanceof ApiError)) return exitCodes.failed;
  const unreachable = ['unreachable', 'timeout', 'unexpected-answer'].includes(error.code);
  return unreachable ? exitCodes.unreachable : exitCodes.failed;
}

interface Parts {
  readonly message: string;
  readonly field?: string | undefined;
  readonly value?: unknown;
  readonly fix?: string | undefined;
}

function partsOf(error: unknown): Parts {
  if (error instanceof CliError || error instanceof ApiError) return error;
  return { message: error instanceof Error ? error.message : String(error) };
}

const oneLine = (text: string) => text.replace(/\s*\n\s*/g, '; ').trim();
