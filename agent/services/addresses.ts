/** What flows send questions to: base + 2 of every VPC, DNS and metadata. */
export const serviceAddresses = {
  vpcDns: '169.254.169.252',
  dns: '169.254.169.253',
  metadata: '169.254.169.254',
} as const;

/** Where questions come from: a network of 16 bits for each slot, which stands for an interface. The first one is that of slot 0. */
export const slotNetworks = { ipv4: '0.0.0.0/1', firstIpv4: 0x100 } as const;
