/*
 * One message to many switches over real sockets, encoded once; for comparison also encoded for each of them:
 *   node --conditions=source packages/node-openflow/bench/broadcast.ts [switches] [rounds]
 */
import { once } from 'node:events';
import net from 'node:net';
import {
  encodeMessage,
  type FlowMod,
  nextXid,
  type OpenFlowConnection,
  OpenFlowServer,
  parseFlow,
} from '../src/index.ts';

const switchCount = Number(process.argv[2] ?? 1000);
const rounds = Number(process.argv[3] ?? 200);
const flow = parseFlow(
  'table=12,tcp,metadata=0x5,nw_dst=10.0.1.5,tp_dst=443 actions=set_field:1->reg2,resubmit(,13)',
);
const hello = encodeMessage({ type: 'hello', versions: [6] });

let encodeCalls = 0;
function encode(message: FlowMod): Uint8Array {
  encodeCalls++;
  return encodeMessage(message, { xid: nextXid() });
}

/** Bytes that have arrived at all switches together, hellos left out. */
let arrived = 0;
const sockets: net.Socket[] = [];
const connections: OpenFlowConnection[] = [];
const server = new OpenFlowServer({ echoIntervalMs: 600_000 });
server.on('connection', (connection) => connections.push(connection));
const { port = 0 } = await server.listen({ host: '127.0.0.1', port: 0, backlog: switchCount });
for (let i = 0; i < switchCount; i++) {
  const socket = net.connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(hello);
  socket.on('data', (chunk: Buffer) => {
    arrived += chunk.length;
  });
  sockets.push(socket);
}
while (connections.length < switchCount) await once(server, 'connection');
await Promise.all(connections.map(({ ready }) => ready));
await arrival(hello.length * switchCount);

async function arrival(bytes: number): Promise<void> {
  while (arrived < bytes) await new Promise((resolve) => setImmediate(resolve));
}

async function measure(name: string, bytesFor: () => () => Uint8Array): Promise<void> {
  const before = arrived;
  const calls = encodeCalls;
  const start = performance.now();
  let sent = 0;
  for (let round = 0; round < rounds; round++) {
    const bytes = bytesFor();
    for (const connection of connections) {
      const message = bytes();
      sent += message.length;
      connection.write(message);
    }
    await arrival(before + sent);
  }
  const ms = (performance.now() - start) / rounds;
  const each = `${((encodeCalls - calls) / rounds).toFixed(0)} encode calls, ${sent / rounds} bytes`;
  process.stdout.write(
    `${name.padEnd(16)} ${ms.toFixed(2)} ms a message to ${switchCount} switches; ${each}\n`,
  );
}

await measure('encoded once', () => {
  const bytes = encode(flow);
  return () => bytes;
});
await measure('encoded for each', () => () => encode(flow));
for (const socket of sockets) socket.destroy();
await server.close();
