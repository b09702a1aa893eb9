import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const script = fileURLToPath(new URL('./udhcpc.sh', import.meta.url));

/** In a network namespace of its own: two leases one after the other, and what `ip monitor` saw of the second. */
async function secondLease(first: string, second: string): Promise<{ lost: string[]; addresses: string[] }> {
  const commands = `
    ip link add eth0 type veth peer name peer0
    ip link set peer0 up
    ip link set eth0 up
    export interface=eth0 mask=24 mtu=1442 router=10.0.0.1
    ip=${first} sh "$1" bound
    ip monitor address route > "$2" 2>&1 &
    monitor=$!
    trap 'kill $monitor; rm -f "$2"' EXIT
    sleep 0.3
    ip=${second} sh "$1" renew
    sleep 0.3
    cat "$2"
    echo addresses
    ip -4 -oneline address show dev eth0`;
  const log = `/tmp/weft-udhcpc-${process.pid}.log`;
  const { stdout } = await run('unshare', ['-n', 'sh', '-euc', commands, 'sh', script, log], {
    timeout: 10_000,
  });
  const [seen = '', addresses = ''] = stdout.split('addresses\n');
  return {
    lost: seen.split('\n').filter((line) => line.startsWith('Deleted')),
    addresses: [...addresses.matchAll(/inet (\S+)/g)].map(([, address = '']) => address),
  };
}

describe('a lease of an instance', { skip: process.getuid?.() !== 0 && 'needs root' }, () => {
  it('is renewed without taking the address away for a moment', async () => {
    assert.deepEqual(await secondLease('10.0.0.5', '10.0.0.5'), { lost: [], addresses: ['10.0.0.5/24'] });
  });

  it('takes the place of one with another address', async () => {
    const { lost, addresses } = await secondLease('10.0.0.5', '10.0.0.6');
    assert.deepEqual(addresses, ['10.0.0.6/24']);
    assert.ok(lost.some((line) => line.includes('inet 10.0.0.5/24')));
  });
});
