import { type Harness, startHarness } from '../../rest/testing/harness.ts';
import type { Launchers } from '../launch.ts';
import { runCli } from '../program.ts';

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const noLaunchers: Launchers = {
  controller: () => Promise.reject(new Error('not part of this test')),
  agent: () => Promise.reject(new Error('not part of this test')),
  doctor: () => Promise.reject(new Error('not part of this test')),
};

/** Runs one command line in this process. */
export async function run(
  words: readonly string[],
  env: Record<string, string> = {},
  launchers: Launchers = noLaunchers,
): Promise<Outcome> {
  let out = '';
  let err = '';
  const code = await runCli(
    words,
    {
      env,
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
    },
    launchers,
  );
  return { code, out, err };
}

export interface CliHarness extends Harness {
  /** Runs a command line, split at spaces, against the API of the harness. */
  weft(line: string): Promise<Outcome>;
  /** The same, and gives back what it printed, which must be an id. */
  id(line: string): Promise<string>;
}

/** A REST server over a fake controller, and the command line in front of it. */
export async function startCliHarness(): Promise<CliHarness> {
  const api = await startHarness();
  const weft = (line: string) => run(line.split(' '), { WEFT_API: api.url });
  const id = async (line: string) => {
    const { out, err } = await weft(`${line} -o name`);
    if (!/^[\w-]+\n$/.test(out)) throw new Error(`${line}: ${out}${err}`);
    return out.trim();
  };
  return { ...api, weft, id };
}
