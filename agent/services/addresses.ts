/** What flows send questions to: base + 2 of every VPC, DNS and metadata. */
export const serviceAddresses = {
  vpcDns: '169.254.169.252',
  dns: '169.254.169.253',
  metadata: '169.254.169.254',
} as const;

/** The same over IPv6. */
export const ipv6ServiceAddresses = { dns: 'fd00:ec2::253', metadata: 'fd00:ec2::254' } as const;

/**
 * Where questions come from: a network for each slot, which stands for an interface, of 16 bits in IPv4 and of 64 in IPv6.
 * `first` is how the network of slot 0 begins.
 */
export const slotNetworks = {
  ipv4: { all: '0.0.0.0/1', first: 0x100 },
  ipv6: { all: 'fd57::/48', first: 0xfd57_0000_0000_0000n },
} as const;
