/*
 * What 50 test switches with 10,000 flows each cost, and how fast the same bytes reach all of them:
 *   node --conditions=source --expose-gc packages/node-openflow/bench/switches.ts [switches] [flows]
 */
import { once } from 'node:events';
import { encodeMessage, nextXid, type OpenFlowConnection, OpenFlowServer, parseFlow } from '../src/index.ts';
import { TestSwitch } from '../src/testing/index.ts';

const switchCount = Number(process.argv[2] ?? 50);
const flowCount = Number(process.argv[3] ?? 10_000);

function megabytes(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return Math.round((heapUsed + arrayBuffers) / 1024 / 1024);
}

async function connectAll(): Promise<{ connections: OpenFlowConnection[]; close: () => Promise<void> }> {
  const server = new OpenFlowServer();
  const { port = 0 } = await server.listen({ host: '127.0.0.1', port: 0 });
  const connections: OpenFlowConnection[] = [];
  const switches: TestSwitch[] = [];
  for (let i = 0; i < switchCount; i++) {
    const accepted = once(server, 'connection');
    const testSwitch = new TestSwitch({ datapathId: BigInt(i + 1) });
    await testSwitch.connect({ port });
    const [connection] = (await accepted) as [OpenFlowConnection];
    await connection.ready;
    connections.push(connection);
    switches.push(testSwitch);
  }
  const close = async () => {
    for (const testSwitch of switches) await testSwitch.close();
    await server.close();
  };
  return { connections, close };
}

const report = (text: string) => process.stdout.write(`${text}\n`);
const seconds = (since: number) => ((performance.now() - since) / 1000).toFixed(2);

const { connections, close } = await connectAll();
report(`${switchCount} switches connected: ${megabytes()} MB`);

let start = performance.now();
const flow = parseFlow(
  'table=12,tcp,metadata=0x5,nw_dst=10.0.0.0,tp_dst=443 actions=set_field:1->reg2,resubmit(,13)',
);
for (let i = 0; i < flowCount; i++) {
  const match = flow.match.map((entry) =>
    entry.field === 'ipv4_dst' ? { ...entry, value: 0x0a000000 + i } : entry,
  );
  const bytes = encodeMessage({ ...flow, match, cookie: BigInt(i) }, { xid: nextXid() });
  for (const connection of connections) connection.write(bytes);
  // A round trip now and then keeps the sockets' buffers short.
  if (i % 500 === 499) await Promise.all(connections.map((connection) => connection.barrier()));
}
await Promise.all(connections.map((connection) => connection.barrier()));
report(`${flowCount} flows to each: ${seconds(start)} s, ${megabytes()} MB`);

start = performance.now();
for (let i = 0; i < flowCount; i += 10) {
  const deletion = { ...flow, command: 'delete', table: 255, match: [], instructions: [] } as const;
  const bytes = encodeMessage({ ...deletion, cookie: BigInt(i), cookieMask: 0xffff_ffff_ffff_ffffn });
  for (const connection of connections) connection.write(bytes);
}
await Promise.all(connections.map((connection) => connection.barrier()));
report(`${flowCount / 10} deletions by exact cookie on each: ${seconds(start)} s`);

start = performance.now();
const [first] = connections;
const dump = await first?.request({ type: 'multipart-request', part: 'flow-desc' });
report(`dump of one switch, ${dump?.flows.length} flows: ${seconds(start)} s`);
await close();
