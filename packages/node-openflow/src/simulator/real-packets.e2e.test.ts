import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { randomFlows } from './random-flows.test-generators.ts';
import { answerTo, arrival, randomArrival } from './random-packets.test-generators.ts';
import { portCount, SwitchPair } from './random-switches.test-support.ts';
import { noOpenVswitch, RealSwitch } from './real-switch.test-support.ts';

/** How many flow tables are tried; more of them when asked. */
const runs = Number(process.env.SIMULATOR_RUNS ?? 60);
const seed = process.env.SIMULATOR_SEED === undefined ? {} : { seed: Number(process.env.SIMULATOR_SEED) };

describe('the simulator against packets through Open vSwitch', { skip: noOpenVswitch }, () => {
  let real: RealSwitch;
  before(async () => {
    real = await RealSwitch.start(portCount);
  });
  after(() => real.stop());

  const replies = fc.array(
    fc.tuple(fc.boolean(), fc.constantFrom<'answer' | 'error'>('answer', 'answer', 'error')),
    {
      minLength: 2,
      maxLength: 2,
    },
  );

  for (const nat of [false, true]) {
    it(`agrees on what leaves, connection tracking ${nat ? 'with' : 'without'} address translation`, async () => {
      let sent = 0;
      let open = 0;
      const property = fc.asyncProperty(
        randomFlows({ conntrack: 'all', nat, lengths: true }),
        fc.array(fc.tuple(randomArrival(!nat), replies), { minLength: 3, maxLength: 8 }),
        async (flows, arrivals) => {
          const pair = await SwitchPair.loadFlows(real, flows);
          for (const [first, answers] of arrivals) {
            let result = await pair.inject(first);
            sent++;
            for (const [again, kind] of answers) {
              if (!result) {
                open++;
                return;
              }
              const [output] = result.outputs;
              const back = output && answerTo(output.packet, kind);
              if (!back || !output) break;
              result = await pair.inject(again ? first : arrival(output.port, back));
              sent++;
            }
          }
        },
      );
      await fc.assert(property, { numRuns: runs, ...seed });
      assert.ok(open < sent / 2, `of ${sent} packets ${open} met flows of equal priority`);
    });
  }
});
