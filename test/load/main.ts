/** `npm run load`; see README.md. */
import { fileURLToPath } from 'node:url';
import { runCommand, say } from '../command.ts';
import { type LoadOptions, parseOptions, usage } from './options.ts';
import { formatReport, isInTime } from './report.ts';
import { runLoad } from './run.ts';

async function main(options: LoadOptions): Promise<number> {
  const result = await runLoad(options, fileURLToPath(new URL('../../var/load', import.meta.url)), say);
  say(formatReport(result));
  return result.violationCount === 0 && isInTime(result.times) ? 0 : 1;
}

await runCommand(usage, parseOptions, main);
