/** What one host answered to one revision. */
export interface HostReceipt {
  readonly host: string;
  /**
   * - `applied`: its switch has confirmed
   * - `pending`: nothing final was heard yet
   * - `rejected`: its switch refused a message that may be of this revision; nothing comes of waiting
   * - `disconnected`: its switch is not connected
   */
  readonly state: 'applied' | 'pending' | 'rejected' | 'disconnected';
  /** With `rejected`: the first error of the switch, by the names of OpenFlow, for example OFPFMFC_TABLE_FULL. */
  readonly error?: string;
}

/** What each host answered to one revision. */
export interface Receipt {
  readonly revision: number;
  /** True when every affected host has confirmed. */
  readonly applied: boolean;
  readonly hosts: readonly HostReceipt[];
}
