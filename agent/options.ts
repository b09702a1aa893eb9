import type { Logger } from 'pino';

/** An external network and the OVS bridge that leads to it. */
export interface BridgeMapping {
  readonly network: string;
  readonly bridge: string;
}

/** What an agent needs to know of its host. */
export interface AgentOptions {
  /** Address of the controller's API, e.g. `http://192.0.2.1:8080`. */
  readonly controller: string;
  /** Socket of the local ovsdb-server, `unix:/ABSOLUTE/PATH`. */
  readonly ovsdb: string;
  /** Name of this host at the controller. */
  readonly host: string;
  /** IPv4 address that tunnels of other hosts end at. */
  readonly tunnelIp: string;
  readonly bridgeMappings: readonly BridgeMapping[];
  readonly zone: string;
  /** Driver that starts instances here; absent: the agent starts none and only reports ports of others. */
  readonly compute?: 'netns' | undefined;
  /** File with the token of this host's access key; absent where the controller asks for none, or a certificate. */
  readonly tokenFile?: string | undefined;
  /** Files in PEM: whom to trust as the controller, and this host's certificate, whose common name is the host's name. */
  readonly ca?: string | undefined;
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
  readonly logger: Logger;
  /** DNS servers for names that are not of a VPC: `ADDRESS` or `ADDRESS:PORT`. Default: those of the host. */
  readonly dnsServers?: readonly string[] | undefined;
  /** Directory with `br-int.mgmt`; default: the directory of the ovsdb socket. */
  readonly runDirectory?: string | undefined;
  /** How long each part of Open vSwitch may take to answer at the start, in milliseconds. Default 10 s. */
  readonly startTimeoutMs?: number | undefined;
}

/** A running agent. */
export interface RunningAgent {
  /** Ends the agent. Flows, ports and instances stay as they are. */
  close(): Promise<void>;
}
