import { createNamespace, ipBatch } from './namespaces.ts';

/** The two segments of a lab, as Linux bridges in the fabric namespace. */
export type Segment = 'underlay' | 'external';

/** Ethernet MTU of the segments. VMs get 58 bytes less: outer IPv4, UDP, Geneve and the identity option. */
export const segmentMtu = 1_500;
export const machineMtu = segmentMtu - 58;

/** Makes the fabric namespace with both segments. Nothing in it leads to the machine's own network. */
export async function createFabric(namespace: string): Promise<void> {
  await createNamespace(namespace);
  const bridge = 'type bridge stp_state 0 forward_delay 0 mcast_snooping 0';
  await ipBatch(
    [
      ...(['underlay', 'external'] as const).flatMap((name) => [
        `link add ${name} ${bridge}`,
        `link set ${name} up`,
      ]),
    ],
    namespace,
  );
}

/** The end of a host's or outsider's cable in the fabric. */
export function fabricPort(segment: Segment, name: string): string {
  return `${segment === 'underlay' ? 'u' : 'e'}-${name}`;
}

/** Lays a cable from a segment to a host: a device of the segment's name there, both ends up. */
export async function connectHost(
  fabric: string,
  segment: Segment,
  host: string,
  namespace: string,
): Promise<void> {
  const port = fabricPort(segment, host);
  await ipBatch([`link add ${segment} netns ${namespace} type veth peer name ${port} netns ${fabric}`]);
  await ipBatch([`link set ${segment} up`], namespace);
  await joinSegment(fabric, segment, port);
}

/** Puts a device of the fabric onto a segment. */
export async function joinSegment(fabric: string, segment: Segment, port: string): Promise<void> {
  await ipBatch([`link set ${port} master ${segment} up`], fabric);
}
