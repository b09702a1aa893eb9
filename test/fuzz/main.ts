/** `npm run fuzz`; see README.md. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { runCommand, say } from '../command.ts';
import { type FuzzOptions, parseOptions, usage } from './options.ts';
import { fuzz } from './run.ts';

// What is kept can only be told after everything else was collected.
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

async function main(options: FuzzOptions): Promise<number> {
  const wrong = await fuzz(options, collect, say);
  for (const line of wrong) say(`WRONG: ${line}`);
  say(wrong.length === 0 ? 'nothing wrong' : `${wrong.length} things are wrong`);
  return wrong.length === 0 ? 0 : 1;
}

await runCommand(usage, parseOptions, main);
