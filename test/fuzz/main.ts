/** `npm run fuzz`; see README.md. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parseOptions, UsageError, usage } from './options.ts';
import { fuzz } from './run.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);

// What is kept can only be told after everything else was collected.
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

async function main(args: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(args);
    if (!options) {
      say(usage);
      return 0;
    }
    const wrong = await fuzz(options, collect, say);
    for (const line of wrong) say(`WRONG: ${line}`);
    say(wrong.length === 0 ? 'nothing wrong' : `${wrong.length} things are wrong`);
    return wrong.length === 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${usage}\n`);
    return 2;
  }
}

process.exitCode = await main(process.argv.slice(2));
