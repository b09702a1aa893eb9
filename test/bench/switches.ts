/**
 * A process with many test switches, so that their work is not done at the expense of whoever measures. Obeys the
 * orders of `SwitchProcess` and ends with its parent.
 */
import { TestSwitch } from 'node-openflow/testing';
import type { Answer, Order } from './switch-process.ts';

const switches: TestSwitch[] = [];

async function obey(order: Order): Promise<void> {
  if (order.type !== 'connect') return;
  for (const datapathId of order.datapathIds) {
    const testSwitch = new TestSwitch({ datapathId: BigInt(`0x${datapathId}`) });
    switches.push(testSwitch);
    await testSwitch.connect({ host: '127.0.0.1', port: order.port });
  }
}

const sum = (count: (testSwitch: TestSwitch) => number) =>
  switches.reduce((total, testSwitch) => total + count(testSwitch), 0);

function answer(message: Answer): void {
  process.send?.(message);
}

process.on('message', (order: Order) => {
  obey(order).then(
    () =>
      answer({
        id: order.id,
        counts: { flowMods: sum((s) => s.flowModCount), flows: sum((s) => s.flowCount) },
      }),
    (error: unknown) => answer({ id: order.id, error: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
