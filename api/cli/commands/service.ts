import type { Io } from '../command.ts';
import { CliError } from '../errors.ts';
import type { Address, Launched } from '../launch.ts';

/** Parser of HOST:PORT, IPv6 in brackets. Port 0: any free one. */
export function addressOption(option: string): (text: string) => Address {
  return (text) => {
    const [, host, port] = /^(\[[0-9a-fA-F:.]+\]|[^:\s]+):(\d{1,5})$/.exec(text) ?? [];
    if (host !== undefined && Number(port) <= 65535) {
      return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
    }
    throw new CliError('usage', 'this is no address with a port', {
      field: option,
      value: text,
      fix: 'Give it as HOST:PORT, for example 127.0.0.1:8080 or [::]:8080.',
    });
  };
}

/**
 * Starts a program, says that it is ready, and keeps it until SIGTERM or SIGINT. A signal that comes while it starts
 * closes it as soon as it has started.
 * @throws CliError `cannot-start`
 */
export async function serve(what: string, io: Io, launch: () => Promise<Launched>): Promise<void> {
  const signal = nextSignal();
  const launched = await launch().catch((error: unknown) => {
    throw startError(what, error);
  });
  launched.logger.info(launched.about, `${what} ready`);
  launched.logger.info({ signal: await signal }, 'closing');
  io.setExitCode(await closeInTime(launched));
}

const nextSignal = () =>
  new Promise<NodeJS.Signals>((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });

/** How long closing may take before the process ends all the same, in milliseconds. */
const closingMs = 10_000;

/** Closes and returns the exit code. A second signal, or closing for too long, ends the process at once. */
async function closeInTime({ logger, close }: Launched): Promise<number> {
  const endNow = () => process.exit(1);
  process.on('SIGTERM', endNow);
  process.on('SIGINT', endNow);
  const timer = setTimeout(() => {
    logger.error({ closingMs }, 'closing takes too long');
    endNow();
  }, closingMs);
  try {
    await close();
    logger.info({}, 'closed');
    return 0;
  } catch (error) {
    logger.error({ err: error }, 'closing failed');
    return 1;
  } finally {
    clearTimeout(timer);
  }
}

/** One line about what keeps a program from starting. */
function startError(what: string, error: unknown): CliError {
  const { message, field, value, fix } = error as Error & { field?: string; value?: unknown; fix?: string };
  // Errors that tell the value and the fix in their text are not to tell them twice.
  return new CliError('cannot-start', `the ${what} could not start: ${message}`, {
    ...(field === undefined ? {} : { field }),
    ...(value === undefined || message.includes(String(value)) ? {} : { value }),
    ...(fix === undefined || message.includes(fix) ? {} : { fix }),
    cause: error,
  });
}
