/** What each host answered to one revision. */
export interface Receipt {
  readonly revision: number;
  /** True when every affected host has confirmed. */
  readonly applied: boolean;
  readonly hosts: readonly {
    readonly host: string;
    readonly state: 'applied' | 'pending' | 'disconnected';
  }[];
}
