/*
 * A controller that lets every switch forward by itself, except for telnet, which it drops; it prints packets that flows
 * send to it. Try it with Open vSwitch:
 *   node controller.ts
 *   ovs-vsctl set-controller br0 tcp:127.0.0.1:6653
 */
import { type OpenFlowConnection, OpenFlowServer, parseFlow, SwitchError } from 'node-openflow';

const flows = [
  'table=0,priority=100,tcp,tp_dst=23 actions=drop',
  'table=0,priority=10,icmp actions=controller(userdata=01),normal',
  'table=0,priority=0 actions=normal',
];

async function program(connection: OpenFlowConnection): Promise<void> {
  const { version } = await connection.ready;
  const features = await connection.request({ type: 'features-request' });
  console.log(`switch ${features.datapathId.toString(16)} speaks version ${version} of the protocol`);

  connection.send({ type: 'set-packet-in-format', format: 'packet-in2' });
  for (const flow of flows) connection.send(parseFlow(flow));
  // When the barrier is answered, the switch has processed all of them.
  await connection.barrier();

  const dump = await connection.request({ type: 'multipart-request', part: 'flow-desc' });
  console.log(`it has ${dump.flows.length} flows`);
}

const server = new OpenFlowServer();
server.on('connection', (connection) => {
  // Listeners first, so that nothing that the switch says early is missed.
  connection.on('message', (message) => {
    if (message.type === 'packet-in2') console.log(`a packet of ${message.packet?.length} bytes`);
  });
  connection.on('error-message', (error) => console.error(`refused: ${error.codeName}`));
  connection.on('close', (reason) => console.log(`connection ended: ${reason}`));
  program(connection).catch((error: unknown) => {
    console.error(error instanceof SwitchError ? `refused: ${error.codeName}` : error);
    connection.close();
  });
});
const { port } = await server.listen({ host: '127.0.0.1', port: 6653 });
console.log(`listening on port ${port}`);
