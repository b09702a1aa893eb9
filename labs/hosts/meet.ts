import type { Lab } from './types.ts';

/**
 * Lets the hosts of a lab meet on the underlay. Open vSwitch's userspace tunnels learn the MAC of another host from its
 * ARP answers only, and drop the first packet while they have none; after this, the first packet of a VM arrives.
 * Each host asks for itself, because its kernel also learns from questions, which Open vSwitch does not.
 */
export async function meetOnUnderlay(lab: Lab): Promise<void> {
  await Promise.all(
    lab.hosts.map(async (host) => {
      for (const other of lab.hosts) {
        if (other !== host)
          await host.run('arping', ['-c', '1', '-w', '3', '-I', 'br-phy', other.tunnelAddress]);
      }
    }),
  );
}
