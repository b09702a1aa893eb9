/**
 * What the services of a host know of an interface. It stands as JSON in a `note` of one of the interface's flows, so that
 * they need neither memory nor controller: they read it from the switch. Absent values are left out.
 */
export interface ServiceRecord {
  readonly interfaceId: string;
  readonly account: string;
  readonly region: string;
  readonly zone: string;
  /** The primary private address. */
  readonly address: string;
  readonly secondaryAddresses?: readonly string[];
  readonly ipv6Addresses?: readonly string[];
  readonly mac: string;
  readonly hostname: string;
  /** What public addresses stand for, that of the primary address first. */
  readonly publicAddresses?: readonly { readonly address: string; readonly privateAddress: string }[];
  /** Of the primary address's public one, where the VPC has public names. */
  readonly publicName?: string;
  readonly groups: readonly { readonly id: string; readonly name: string }[];
  readonly subnet: { readonly id: string; readonly cidr: string; readonly ipv6Cidr?: string };
  readonly vpc: {
    readonly id: string;
    /** Absent in what a controller from before names over peering has written: nothing is known of peers then. */
    readonly number?: number;
    readonly cidrs: readonly string[];
    readonly ipv6Cidr?: string;
  };
  readonly dns: {
    readonly enabled: boolean;
    /** Every one has the names of the VPC's addresses; the first is what names of addresses are told as. */
    readonly domains: readonly string[];
    /** Of the names of public addresses: `ec2-203-0-113-5.DOMAIN`. */
    readonly publicDomain: string;
  };
  readonly instance?: InstanceRecord;
}

export interface InstanceRecord {
  readonly id: string;
  readonly name?: string;
  readonly imageId?: string;
  readonly type?: string;
  readonly startedAt: string;
  /** Place of the interface among those of the instance, from 0. */
  readonly device: number;
  /** The slots of its other interfaces on this host, by which their records are found. */
  readonly others?: readonly number[];
  readonly tags: Readonly<Record<string, string>>;
  /** Base64. */
  readonly userData?: string;
}

/** What a public address stands for in its own VPC. It stands in a note of the VPC's flows, found by the address. */
export interface PublicNameRecord {
  readonly vpcId: string;
  /** The private address. */
  readonly address: string;
}

/** What a VPC may know of names of one that it is peered with. All of them stand in one note of the VPC's flows. */
export interface PeerNames {
  readonly vpcId: string;
  /** Blocks whose private names are told. */
  readonly cidrs: readonly string[];
  /** Whether its public names stand for private addresses. */
  readonly allowsDns: boolean;
}
