import type { Command } from 'commander';
import { type Io, writingCommand } from '../command.ts';
import { given, number } from '../options.ts';

interface Attach {
  readonly instance: string;
  readonly device?: number;
  readonly deleteOnTermination?: boolean;
}

/** `weft interface attach` and `detach` */
export function addAttachmentCommands(port: Command, io: Io): void {
  const attach = port
    .command('attach')
    .description('give it to an instance, also while that runs')
    .argument('<interface>')
    .requiredOption('--instance <instance>', 'instance that gets it')
    .option(
      '--device <number>',
      'its place there, 1 for eth1; without it the lowest free one',
      number('device', 1, 31),
    )
    .option('--delete-on-termination', 'delete it with the instance');
  writingCommand<Attach>(attach, io, async (session, options, text) => {
    const { device: deviceIndex, deleteOnTermination } = options;
    const instanceId = await session.id('instance', options.instance);
    await session.change('network-interface', text, given({ instanceId, deviceIndex, deleteOnTermination }));
  });
  const detach = port
    .command('detach')
    .description('take it away from its instance; the primary one stays')
    .argument('<interface>');
  writingCommand(detach, io, (session, _options, text) =>
    session.change('network-interface', text, { instanceId: null }),
  );
}
