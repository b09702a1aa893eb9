import type { Command } from 'commander';
import { type ApiKind, type ApiResource, apiKinds } from '../../contract/index.ts';
import { type Io, readingCommand } from '../command.ts';
import { renderData } from '../output.ts';
import { type Network, overviewTree } from '../tree.ts';

/** `weft list`: everything at a glance. */
export function addOverviewCommand(program: Command, io: Io): void {
  const list = program.command('list').alias('ls').description('everything at a glance, by VPC');
  readingCommand(list, io, async ({ client, format, io: output }) => {
    const lists = await Promise.all(
      apiKinds.map(async (kind) => [kind, (await client.listAll(kind)).items] as const),
    );
    const network = Object.fromEntries(lists) as unknown as Network;
    if (format === 'json' || format === 'yaml') output.out(await renderData(network, format));
    else if (format === 'name') output.out(namesOf(network));
    else output.out(overviewTree(network));
  });
}

const namesOf = (network: Network) =>
  apiKinds
    .flatMap((kind) => (network[kind] as readonly ApiResource<ApiKind>[]).map(({ id }) => `${kind}/${id}\n`))
    .join('');
