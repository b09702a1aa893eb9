import { once } from 'node:events';
import { OvsdbClient, ops } from 'ovsdb-client';

const endpoint = process.argv[2] ?? 'unix:/var/run/openvswitch/db.sock';
const client = new OvsdbClient({ endpoints: [endpoint] });
await client.connect({ timeoutMs: 5000 });

// Only the owner of the lock writes: the server checks it with the transaction itself.
const lock = await client.lock('example');
if (!lock.owned) {
  await once(lock, 'acquired');
}
await client.transact('Open_vSwitch', [
  ops.assert('example'),
  ops.mutate('Open_vSwitch', [], [['external_ids', 'insert', { turn: String(process.pid) }]]),
  ops.comment('took a turn'),
]);
console.log(`${process.pid} had its turn`);
await lock.release();
await client.close();
