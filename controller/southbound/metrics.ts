/** Counters since the start; they only grow. */
export interface Metrics {
  /** Flow-mods written, counted once for each switch. */
  flowModsSent: number;
  /** Bytes written to switches, barriers included. */
  bytesSent: number;
  barriers: number;
  /** Connections that were adopted and compared with the desired state. */
  resyncs: number;
  /** Scopes whose marker was equal on the switch. */
  skippedScopes: number;
  /** Dumps of all flows. */
  dumps: number;
  /** Fragments held back for others, counted once for each switch. */
  held: number;
  /** Held fragments that went out because the time was over. */
  heldTooLong: number;
  /** Error messages from switches. */
  errors: number;
}

export function newMetrics(): Metrics {
  return {
    flowModsSent: 0,
    bytesSent: 0,
    barriers: 0,
    resyncs: 0,
    skippedScopes: 0,
    dumps: 0,
    held: 0,
    heldTooLong: 0,
    errors: 0,
  };
}
