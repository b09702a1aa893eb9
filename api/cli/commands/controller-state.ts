import type { Command } from 'commander';
import type { Receipt } from '../../contract/index.ts';
import { type Io, readingCommand, requireApplied, type Session } from '../command.ts';
import { CliError } from '../errors.ts';
import { number } from '../options.ts';
import { printable, renderData, renderTable } from '../output.ts';

/** `weft health`, `weft ready` and `weft receipt`: how the controller is, and who has confirmed what. */
export function addStateCommands(program: Command, io: Io): void {
  const health = program.command('health').description('whether the controller answers');
  readingCommand(health, io, async (session) => show(session, await session.client.health()));
  const ready = program
    .command('ready')
    .description(
      'whether the controller can take writes and bring them to switches; fails with what is missing',
    );
  readingCommand(ready, io, async (session) => show(session, await session.client.operation('ready', {})));
  addReceipt(program, io);
}

async function show(
  { io, format }: Session,
  state: { readonly status: string; readonly revision: number },
): Promise<void> {
  if (format === 'json' || format === 'yaml') return io.out(await renderData(state, format));
  io.out(`${state.status} at revision ${state.revision}\n`);
}

function addReceipt(program: Command, io: Io): void {
  const receipt = program
    .command('receipt')
    .description('what each host answered to a commit; fails when not every one has confirmed')
    .argument('<revision>', 'revision that a write was answered with')
    .option('--for <seconds>', 'wait for them so long, at most 60', number('seconds', 0, 60), 10);
  readingCommand<{ for: number }>(receipt, io, async (session, { for: seconds }, text = '') => {
    if (!/^[1-9]\d{0,14}$/.test(text)) {
      throw new CliError('usage', 'a revision is a whole number', {
        field: 'revision',
        value: text,
        fix: 'Give the revision that a write was answered with, for example 12.',
      });
    }
    const answer = await session.client.receipt(Number(text), seconds);
    await showReceipt(session, answer);
    requireApplied(answer);
  });
}

async function showReceipt({ io, format }: Session, receipt: Receipt): Promise<void> {
  if (format === 'json' || format === 'yaml') return io.out(await renderData(receipt, format));
  const rows = receipt.hosts.map(({ host, state, error }) => [host, state, error ?? '-'].map(printable));
  io.out(rows.length === 0 ? 'No host is touched.\n' : renderTable([['HOST', 'STATE', 'ERROR'], ...rows]));
}
