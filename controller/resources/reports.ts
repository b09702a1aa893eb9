/** Liveness of a host as of the moment of the answer; it expires when the agent or the switch falls silent. */
export interface HostLiveness {
  readonly agent: 'up' | 'down';
  readonly openflow: 'up' | 'down';
  /** Newest revision that the switch has confirmed. */
  readonly appliedRevision: number;
}

/** One OVS port that carries a network interface. */
export interface ReportedPort {
  readonly networkInterfaceId: string;
  readonly ofport: number;
  /** Something has come out of the port: the machine is here, also if another host has the interface. */
  readonly active?: boolean;
}

/** An interface of the host has announced an address of its allowed pairs, by ARP or neighbour discovery. */
export interface ReportedAnnouncement {
  readonly networkInterfaceId: string;
  readonly address: string;
  readonly macAddress: string;
  /** How long ago, in ms: what could not be told at once is told later. */
  readonly ageMs: number;
}
