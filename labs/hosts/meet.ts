import type { Lab } from './types.ts';

/**
 * Lets the hosts of a lab meet on the underlay. Open vSwitch's userspace tunnels drop the first packet to a host whose
 * MAC they do not know yet; after this, the first packet of a VM arrives.
 */
export async function meetOnUnderlay(lab: Lab): Promise<void> {
  await Promise.all(
    lab.hosts.map(async (host) => {
      for (const other of lab.hosts) if (other !== host) await host.ping(other.tunnelAddress, { count: 1 });
    }),
  );
}
