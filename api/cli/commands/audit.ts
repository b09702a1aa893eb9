import type { Command } from 'commander';
import type { AuditFilter } from '../../contract/index.ts';
import { type Io, readingCommand } from '../command.ts';
import { number } from '../options.ts';
import { printable, renderData, renderTable } from '../output.ts';

/** `weft audit`: who wrote what. */
export function addAuditCommand(program: Command, io: Io): void {
  const audit = program
    .command('audit')
    .description('who wrote what, newest first')
    .option('--principal <name>', 'only of this access key')
    .option('--kind <kind>', 'only writes of this kind')
    .option('--id <id>', 'only writes of this resource')
    .option('--outcome <outcome>', 'done, or the code of an error')
    .option('--from <time>', 'from this time on, e.g. 2026-01-31T12:00:00Z')
    .option('--to <time>', 'before this time')
    .option('--limit <entries>', 'how many, at most 1000', number('entries', 1, 1000), 100);
  readingCommand<AuditFilter>(audit, io, async ({ client, format }, options) => {
    const { principal, kind, id, outcome, from, to, limit } = options;
    const { items } = await client.audit({ principal, kind, id, outcome, from, to, limit });
    if (format === 'json' || format === 'yaml') return io.out(await renderData(items, format));
    const rows = items.map((entry) => [
      entry.time,
      entry.account,
      entry.principal,
      entry.address,
      entry.action,
      entry.id ?? '-',
      `${entry.before ?? '-'} → ${entry.after ?? '-'}`,
      entry.outcome,
    ]);
    const titles = ['TIME', 'ACCOUNT', 'PRINCIPAL', 'FROM', 'ACTION', 'RESOURCE', 'REVISION', 'OUTCOME'];
    io.out(renderTable([titles, ...rows.map((row) => row.map(printable))]));
  });
}
