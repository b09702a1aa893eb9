/**
 * What the services of a host know of an interface. It stands as JSON in a `note` of one of the interface's flows, so that
 * they need neither memory nor controller: they read it from the switch. Absent values are left out.
 */
export interface ServiceRecord {
  readonly interfaceId: string;
  readonly account: string;
  readonly region: string;
  readonly zone: string;
  readonly address: string;
  readonly mac: string;
  readonly hostname: string;
  readonly publicAddress?: string;
  readonly groups: readonly { readonly id: string; readonly name: string }[];
  readonly subnet: { readonly id: string; readonly cidr: string };
  readonly vpc: { readonly id: string; readonly cidrs: readonly string[] };
  readonly dns: {
    readonly enabled: boolean;
    /** Every one has the names of the VPC's addresses; the first is what names of addresses are told as. */
    readonly domains: readonly string[];
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
  readonly tags: Readonly<Record<string, string>>;
  /** Base64. */
  readonly userData?: string;
}
