/*
 * A controller that makes switches learn. It remembers by which port it saw an address last, and gives the switch a flow
 * for each pair of addresses that talk to each other.
 *   node learning-switch.ts [PORT]
 *   ovs-vsctl set-controller br0 tcp:127.0.0.1:6653
 */
import {
  type Action,
  mac,
  type OpenFlowConnection,
  OpenFlowServer,
  type PacketIn,
  parseFlow,
  ports,
} from 'node-openflow';

/** An Ethernet frame begins with its destination and source, six bytes each. */
function address(frame: Uint8Array, offset: number): bigint {
  return BigInt(`0x${Buffer.from(frame.subarray(offset, offset + 6)).toString('hex')}`);
}

/** Learns from one packet, and sends it on: to the port of its destination, or to all while that is unknown. */
function learn(connection: OpenFlowConnection, known: Map<bigint, number>, { match, data }: PacketIn): void {
  const inPort = Number(match.find(({ field }) => field === 'in_port')?.value);
  const [destination, source] = [address(data, 0), address(data, 6)];
  known.set(source, inPort);
  const port = known.get(destination);
  if (port !== undefined) {
    const [to, from] = [mac.format(destination), mac.format(source)];
    const rule = `priority=1,idle_timeout=60,in_port=${inPort},dl_src=${from},dl_dst=${to}`;
    connection.send(parseFlow(`${rule} actions=output:${port}`));
  }
  const actions: Action[] = [{ type: 'output', port: port ?? ports.flood }];
  connection.send({ type: 'packet-out', inPort, actions, data });
}

const server = new OpenFlowServer();
server.on('connection', (connection) => {
  const known = new Map<bigint, number>();
  // Listeners first: what the switch says right after its hello is not missed.
  connection.on('message', (message) => {
    if (message.type === 'packet-in') learn(connection, known, message);
  });
  connection.on('error-message', (error) => console.error(`refused: ${error.codeName}`));
  connection.on('close', (reason) => console.log(`a switch is gone: ${reason}`));
  // Packets that no flow matches come whole.
  connection.ready.then(
    () => connection.send(parseFlow('priority=0 actions=controller:65535')),
    (error: unknown) => console.error(error),
  );
});
const { port } = await server.listen({ host: '127.0.0.1', port: Number(process.argv[2] ?? 6653) });
console.log(`listening on port ${port}`);
