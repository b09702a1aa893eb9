import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import type { BatchAnswer } from '../../contract/index.ts';
import { type Io, readingCommand, requireApplied, type Session, writingCommand } from '../command.ts';
import { exportEntries } from '../manifest/export.ts';
import { readManifest } from '../manifest/manifest.ts';
import { type Plan, type PlanOptions, planManifest, planRemoval } from '../manifest/plan.ts';
import { renderCost, renderPlan, summary } from '../manifest/render.ts';
import { renderData } from '../output.ts';

interface ManifestOptions extends PlanOptions {
  readonly file: string;
  readonly set?: string;
}

/** `weft apply`, `weft plan`, `weft delete` and `weft export`: networks as files. */
export function addManifestCommands(program: Command, io: Io): void {
  addPlan(program, io);
  addApply(program, io);
  addDelete(program, io);
  addExport(program, io);
}

const fromFile = (command: Command) =>
  command
    .requiredOption('-f, --file <path>', 'manifest in YAML or JSON; - is standard input')
    .option('--set <name>', 'name of the set of resources; without it the name of the file');

const changing = (command: Command) =>
  fromFile(command)
    .option('--prune', 'delete what the manifest no longer names')
    .option('--replace', 'delete and make anew what cannot be changed in place');

/** Exit code of `weft plan --exit-code` when something would change. */
const changesExit = 4;

function addPlan(program: Command, io: Io): void {
  const plan = changing(
    program
      .command('plan')
      .description('say what apply would change, and the flows that it costs on each host'),
  ).option('--exit-code', `end with ${changesExit} when something would change`);
  readingCommand<ManifestOptions & { exitCode?: boolean }>(plan, io, async (session, options) => {
    const planned = await planOf(session, options);
    const { flows, vpcs } =
      planned.operations.length === 0
        ? { flows: [], vpcs: [] }
        : await session.client.previewBatch(planned.operations);
    if (session.format === 'json' || session.format === 'yaml') {
      session.io.out(await renderData({ steps: planned.steps, flows, vpcs }, session.format));
    } else {
      session.io.out(renderPlan(planned) + (planned.steps.length === 0 ? '' : renderCost({ flows, vpcs })));
    }
    if (options.exitCode && planned.steps.length > 0) io.setExitCode(changesExit);
  });
}

async function planOf({ client }: Session, { file, set, prune, replace }: ManifestOptions): Promise<Plan> {
  const manifest = await readManifest(file, set);
  return planManifest(client, manifest, { prune: prune ?? false, replace: replace ?? false });
}

function addApply(program: Command, io: Io): void {
  const apply = changing(
    program.command('apply').description('make everything as a manifest says, as one change or not at all'),
  );
  writingCommand<ManifestOptions>(apply, io, async (session, options) => {
    const planned = await planOf(session, options);
    if (session.format === 'table' || session.format === 'wide') session.io.out(renderPlan(planned));
    if (planned.operations.length === 0) {
      if (session.format === 'json' || session.format === 'yaml')
        session.io.out(await renderData({ results: [] }, session.format));
      return;
    }
    await carryOut(session, planned);
  });
}

async function carryOut(session: Session, plan: Plan): Promise<void> {
  // Under a key of its own, so that a connection that breaks does not leave it open whether it was done.
  const query = { ...session.write, idempotencyKey: randomUUID() };
  session.progress.say(
    `${plan.operations.length} writes at once${session.write.waitSeconds === undefined ? '' : ', and waiting for the hosts to confirm'}`,
  );
  await report(session, plan, await session.client.batch(plan.operations, query));
}

async function report({ io, format }: Session, { steps }: Plan, answer: BatchAnswer): Promise<void> {
  if (format === 'json' || format === 'yaml') io.out(await renderData(answer, format));
  else if (format === 'name') io.out(answer.results.map(({ kind, id }) => `${kind}/${id}\n`).join(''));
  else io.out(`Done at revision ${answer.revision}: ${summary(steps, 'did')}\n`);
  requireApplied(answer.receipt);
}

function addDelete(program: Command, io: Io): void {
  const remove = fromFile(
    program
      .command('delete')
      .description('delete everything that a manifest has made, as one change or not at all'),
  );
  writingCommand<ManifestOptions>(remove, io, async (session, { file, set }) => {
    const manifest = await readManifest(file, set);
    const planned = await planRemoval(session.client, manifest);
    if (planned.operations.length === 0) {
      session.io.out(`Nothing to do: there is nothing of the set ${manifest.set}.\n`);
      return;
    }
    await carryOut(session, planned);
  });
}

function addExport(program: Command, io: Io): void {
  const command = program
    .command('export')
    .description('write what is there as a manifest')
    .option('--vpc <vpc>', 'only this VPC and what is in it');
  readingCommand<{ vpc?: string }>(command, io, async (session, { vpc }) => {
    const vpcId = vpc === undefined ? undefined : await session.id('vpc', vpc);
    const entries = await exportEntries(session.client, vpcId);
    const plain = entries.map(({ tags, ...entry }) => ({
      ...entry,
      ...(Object.keys(tags).length > 0 ? { tags } : {}),
    }));
    session.io.out(await renderData(plain, session.format === 'json' ? 'json' : 'yaml'));
  });
}
