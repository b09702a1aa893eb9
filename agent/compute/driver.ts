/** A network interface as an instance gets it. */
export interface InstanceInterface {
  readonly id: string;
  readonly mac: string;
  /** Its place in the instance: 1 is `eth1`. */
  readonly device: number;
  /** Absent where the interface has none. */
  readonly ipv6Addresses?: readonly string[];
}

/** Starts, changes and ends instances of one sort. Every call may be repeated: it does what is missing. */
export interface ComputeDriver {
  readonly name: string;
  /**
   * Makes the instance run with these interfaces and no other ones; resolves when it has its addresses. What runs already goes
   * on: interfaces are plugged and unplugged under it.
   * @returns what its status tells beyond the state
   * @throws AgentError when it cannot be started; the signal's reason when it is not wanted any more
   */
  start(
    instanceId: string,
    interfaces: readonly InstanceInterface[],
    signal: AbortSignal,
  ): Promise<{ readonly namespace: string }>;
  /** Ends what runs of the instance, and keeps what it needs to start again. */
  stop(instanceId: string): Promise<void>;
  /** Ends the instance and removes everything of it. */
  remove(instanceId: string): Promise<void>;
  /** Instances of this driver on this host, complete or not. */
  owned(): Promise<ReadonlySet<string>>;
}
