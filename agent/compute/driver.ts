/** A network interface as an instance gets it. */
export interface InstanceInterface {
  readonly id: string;
  readonly mac: string;
  /** Absent where the interface has none. */
  readonly ipv6Addresses?: readonly string[];
}

/** Starts and ends instances of one sort. Both calls may be repeated: they do what is missing. */
export interface ComputeDriver {
  readonly name: string;
  /**
   * Makes the instance run; resolves when it has its addresses.
   * @returns what its status tells beyond the state
   * @throws AgentError when it cannot be started; the signal's reason when it is not wanted any more
   */
  start(
    instanceId: string,
    interfaces: readonly InstanceInterface[],
    signal: AbortSignal,
  ): Promise<{ readonly namespace: string }>;
  /** Ends the instance and removes everything of it. */
  remove(instanceId: string): Promise<void>;
  /** Instances of this driver on this host, complete or not. */
  owned(): Promise<ReadonlySet<string>>;
}
