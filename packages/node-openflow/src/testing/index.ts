import type { FlowDescription, Message, PortDescription, TlvMapping } from '../index.ts';

export interface TestSwitchOptions {
  readonly datapathId: bigint;
  readonly ports?: readonly PortDescription[];
}

/** A light OpenFlow 1.5 switch for tests and benchmarks. It keeps flows but forwards no packets. */
export declare class TestSwitch {
  constructor(options: TestSwitchOptions);
  readonly datapathId: bigint;
  connect(
    address: { readonly host?: string; readonly port: number } | { readonly path: string },
  ): Promise<void>;
  /** Listens for management connections, as `ovs-ofctl` makes them. */
  listen(
    address: { readonly host?: string; readonly port: number } | { readonly path: string },
  ): Promise<void>;
  flows(): FlowDescription[];
  readonly flowCount: number;
  /** Flow-mods received since the start. */
  readonly flowModCount: number;
  readonly tlvMappings: readonly TlvMapping[];
  /** Sends a message to all connections, for example a packet-in. */
  broadcast(message: Message): void;
  close(): Promise<void>;
}
