/**
 * What a NAT gateway has translated, since its host has its flows: they start anew when it moves to another host, or Open
 * vSwitch starts again. Bytes are those of Ethernet frames.
 */
export interface NatGatewayCounters {
  /** The host that counts. */
  readonly hostId: string;
  /** From the instances to the other side. */
  readonly out: { readonly packets: number; readonly bytes: number };
  /** Back to the instances. */
  readonly back: { readonly packets: number; readonly bytes: number };
  /** Connections that instances have opened. */
  readonly connections: number;
  /**
   * Packets that would have opened a connection, and were dropped since all source ports towards their destination were taken.
   * Where Open vSwitch forwards in the kernel, that drops them, and they are not counted.
   */
  readonly portAllocationErrors: number;
}
