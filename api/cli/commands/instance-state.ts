import type { Command } from 'commander';
import { type ClientOptions, type Io, type Session, writingCommand } from '../command.ts';
import { waitForInstance } from '../waiting.ts';

/** `weft instance stop`, `start` and `reboot`: what is to become of an instance; --wait waits until it is so. */
export function addStateCommands(instance: Command, io: Io): void {
  for (const [verb, description, wanted] of [
    ['stop', 'end what runs, and keep interfaces and addresses', 'stopped'],
    ['start', 'start what was stopped', 'running'],
    ['reboot', 'end what runs, and start it again', 'rebooted'],
  ] as const) {
    const command = instance
      .command(verb)
      .description(`${description}; --wait waits until it is ${wanted}`)
      .argument('<instance...>');
    writingCommand<ClientOptions>(command, io, async (session, options, ...texts) => {
      const ids = await Promise.all(texts.map((text) => session.id('instance', text)));
      for (const id of ids) await bring(session, options, id, wanted);
    });
  }
}

async function bring(
  session: Session,
  { wait, timeout = 0 }: ClientOptions,
  id: string,
  wanted: 'stopped' | 'running' | 'rebooted',
): Promise<void> {
  const spec = wanted === 'rebooted' ? { reboot: true as const } : { desiredState: wanted };
  const written = await session.client.update('instance', id, { spec }, session.write);
  if (wait !== true || written.receipt?.applied === false) return session.show('instance', written);
  session.progress.say(`waiting until the instance is ${wanted}`);
  const state = wanted === 'stopped' ? 'stopped' : 'running';
  await session.show('instance', await waitForInstance(session.client, written, timeout, state));
}
