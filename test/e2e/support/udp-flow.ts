import { join } from 'node:path';
import type { Node, Program } from '@weft/labs/hosts';

/** One end of a flow of numbered UDP packets, one every 10 ms in each direction. */
export interface FlowEnd {
  /** Begins to send and to receive. */
  wake(): void;
  /** Ends, and gives the numbers that have come. */
  end(): Promise<number[]>;
}

const script = join(import.meta.dirname, 'udp-flow.py');

/** @param asleep true for an end that does nothing until it is woken, like a VM that is copied */
export async function flowEnd(node: Node, to: string, port: number, asleep = false): Promise<FlowEnd> {
  const args = [script, to, String(port), ...(asleep ? ['wait'] : [])];
  const program: Program = await node.spawn('python3', args, { name: `udp-flow-${port}` });
  await program.waitForLine((line) => line === 'ready');
  return {
    wake: () => program.signal('SIGUSR1'),
    async end() {
      program.signal('SIGTERM');
      return JSON.parse(await program.waitForLine((line) => line.startsWith('['))) as number[];
    },
  };
}

/** How many numbers are missing between the first and the last, and the longest time without any, in ms. */
export function gapsOf(numbers: readonly number[]): { lost: number; longestMs: number } {
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  let longest = 0;
  let lost = 0;
  for (let index = 1; index < sorted.length; index++) {
    const missing = (sorted[index] as number) - (sorted[index - 1] as number) - 1;
    lost += missing;
    longest = Math.max(longest, missing);
  }
  return { lost, longestMs: 10 * longest };
}
