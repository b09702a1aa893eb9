import type { FlowDescription } from 'node-openflow';
import { cookiePrefixMask, encodeCookie, largestNumber, versionBits } from '../../pipeline/index.ts';
import type { NatGatewayCounters, ResourceOf } from '../../resources/index.ts';

/** Code of the fragment that translates. */
export const localCode = 44;
/**
 * Priorities of the flows that translate: what comes back, what opens a connection, and all else that goes out; and of the one
 * that drops what could not be translated. No other flow of the fragment has one of them.
 */
export const countedPriorities = { back: 210, opens: 205, out: 200, refused: 65100 } as const;
const allTables = 255;

/** Which flows of a host count for the gateway, as a dump names them. */
export function countedFlows({ number }: ResourceOf<'nat-gateway'>) {
  const cookie = encodeCookie({ fragmentKind: localCode, number: number as number, version: 0 });
  const everyKind = 0x3fn << 50n;
  const everyNumber = BigInt(largestNumber) << BigInt(versionBits);
  return {
    table: allTables,
    cookie,
    cookieMask: cookiePrefixMask | everyKind | everyNumber,
  };
}

/** Adds up the flows of the gateway on its host. */
export function countersFrom(hostId: string, flows: readonly FlowDescription[]): NatGatewayCounters {
  const sum = (...priorities: number[]) => {
    let packets = 0;
    let bytes = 0;
    for (const { priority, packetCount = 0n, byteCount = 0n } of flows) {
      if (!priorities.includes(priority)) continue;
      packets += Number(packetCount);
      bytes += Number(byteCount);
    }
    return { packets, bytes };
  };
  const { back, opens, out, refused } = countedPriorities;
  const portAllocationErrors = sum(refused).packets;
  return {
    hostId,
    out: sum(opens, out),
    back: sum(back),
    connections: Math.max(0, sum(opens).packets - portAllocationErrors),
    portAllocationErrors,
  };
}
