/*
 * A controller whose switches forward by themselves, except for telnet:
 *   node firewall.ts [PORT]
 *   ovs-vsctl set-controller br0 tcp:127.0.0.1:6653
 */
import { type OpenFlowConnection, OpenFlowServer, parseFlow } from 'node-openflow';

const flows = ['priority=100,tcp,tp_dst=23 actions=drop', 'priority=0 actions=normal'];

async function program(connection: OpenFlowConnection): Promise<void> {
  const { version } = await connection.ready; // 6 is OpenFlow 1.5
  connection.send({ type: 'flow-mod', command: 'delete', table: 255, match: [], instructions: [] });
  for (const flow of flows) connection.send(parseFlow(flow));
  await connection.barrier(); // the switch has processed everything sent before

  const dump = await connection.request({ type: 'multipart-request', part: 'flow-desc' });
  console.log(`a switch of version ${version} has ${dump.flows.length} flows`);
}

const server = new OpenFlowServer();
server.on('connection', (connection) => {
  connection.on('error-message', (error) => console.error(`refused: ${error.codeName}`));
  program(connection).catch((error: unknown) => {
    console.error(error);
    connection.close();
  });
});
const { port } = await server.listen({ host: '127.0.0.1', port: Number(process.argv[2] ?? 6653) });
console.log(`listening on port ${port}`);
