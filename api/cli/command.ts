import type { Command } from 'commander';
import { addHiddenConnectionOptions } from './connection.ts';
import { number } from './options.ts';
import { defaultWaitSeconds, openSession, type Session, type SessionOptions } from './session.ts';

export { requireApplied, type Session } from './session.ts';

/** Where a command reads its surroundings from and writes to. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** True when standard error is a terminal: then what takes long says so. */
  readonly errIsTerminal?: boolean;
  out(text: string): void;
  err(text: string): void;
  /** For commands that end with the exit code of something else. */
  setExitCode(code: number): void;
}

export type ClientOptions = SessionOptions;

/** Adds a command that reads. */
export function readingCommand<O extends object>(
  command: Command,
  io: Io,
  action: (session: Session, options: O, ...words: string[]) => Promise<void>,
): Command {
  addHiddenConnectionOptions(command);
  return command.action(async (...received: unknown[]) => {
    // Commander passes the arguments, then the options, then the command; absent arguments are undefined.
    const words = received.slice(0, -2) as string[];
    const options = command.optsWithGlobals<ClientOptions & O>();
    const session = await openSession(options, io);
    try {
      await action(session, options, ...words.flat());
    } finally {
      session.progress.end();
      session.client.close();
    }
  });
}

/** Adds a command that writes: it can wait for the hosts. */
export function writingCommand<O extends object>(
  command: Command,
  io: Io,
  action: (session: Session, options: O & ClientOptions, ...words: string[]) => Promise<void>,
): Command {
  command
    .option('--wait', 'wait until every affected host has confirmed')
    .option(
      '--timeout <seconds>',
      'how long to wait, at most 60',
      number('seconds', 0, 60),
      defaultWaitSeconds,
    );
  return readingCommand<O & ClientOptions>(command, io, action);
}
