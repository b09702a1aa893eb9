/** What flows send questions to: base + 2 of every VPC, DNS and metadata. */
export const serviceAddresses = {
  vpcDns: '169.254.169.252',
  dns: '169.254.169.253',
  metadata: '169.254.169.254',
} as const;
