import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tableOf } from '../../../controller/pipeline/index.ts';
import { explore } from '../explore.ts';
import type { Rig, Sent } from '../rig.ts';
import { RealHost } from './real-host.ts';
import { segmentsOf } from './segments.ts';
import { cannotTrace, Tracer } from './tracer.ts';

describe('the flows in a real Open vSwitch', { skip: cannotTrace }, () => {
  it('treat random packets as the simulated switches do', async () => {
    await using tracer = new Tracer(3);
    const onSent = (sent: Sent, rig: Rig) => tracer.check(sent, rig);
    const { failure } = await explore({ seed: 11, packets: 900, incrementalEvery: 0, onSent });
    assert.equal(failure, undefined, failure?.message);
    assert.ok(tracer.traced >= 300, `only ${tracer.traced} packets were traced`);
    assert.ok(tracer.segments >= 500, `only ${tracer.segments} parts of their ways were compared`);
  });

  it('are seen to differ when one of them does', async () => {
    await using real = await RealHost.start();
    let found: string | undefined;
    const onSent = async ({ observation }: Sent, rig: Rig) => {
      for (const walk of observation.walks) {
        const routed = segmentsOf(walk).find(({ lookups }) =>
          lookups.some((one) => one.startsWith(`${tableOf('route-local')} `)),
        );
        if (!routed || found !== undefined || !real.canTrace(routed)) continue;
        const { flows } = rig.fabric.host(walk.hostId).switch;
        await real.load(flows.filter(({ table }) => table !== tableOf('route-local')));
        found = await real.difference(routed);
        await real.load(flows);
        assert.equal(await real.difference(routed), undefined);
      }
    };
    const { failure } = await explore({ seed: 12, packets: 100, incrementalEvery: 0, onSent });
    assert.equal(failure, undefined, failure?.message);
    assert.match(found ?? '', new RegExp(`route|${tableOf('route-local')} -`));
  });
});
