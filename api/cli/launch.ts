/** A program that runs until it is closed. */
export interface Running {
  /** Where it can be reached, and whatever else is worth a line in the log. */
  readonly about: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Logs one line as JSON: fields, then the message. */
export interface ServiceLogger {
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface ControllerOptions {
  readonly api: Address;
  readonly openflow: Address;
  /** `sqlite:PATH` */
  readonly store: string;
  readonly access?: 'development' | 'keys';
  readonly keyFile?: string;
  readonly region: string;
  /** Regions that there are; absent: those of AWS. */
  readonly regions?: readonly string[];
  /** Files in PEM. */
  readonly tlsCertificate?: string;
  readonly tlsKey?: string;
  readonly tlsClientCa?: string;
  /** Switches connect by TLS, with the same files. */
  readonly openflowTls?: true;
  /** How much of the audit log is kept. */
  readonly auditDays: number;
  readonly auditEntries: number;
  /** Requests a second that each access key may send. */
  readonly rateLimit: number;
  /** The largest packets that all hosts can send each other, in bytes. */
  readonly underlayMtu: number;
}

export interface AgentOptions {
  readonly controller: string;
  readonly ovsdb: string;
  readonly host: string;
  readonly tunnelIp: string;
  readonly bridgeMappings: readonly { readonly network: string; readonly bridge: string }[];
  readonly zone: string;
  readonly compute?: 'netns';
  /** Whom to ask for names that are not of a VPC. */
  readonly dnsServers?: readonly string[] | undefined;
  /** File with the token of this host's access key. */
  readonly tokenFile?: string;
  /** Files in PEM. */
  readonly ca?: string;
  readonly certificate?: string;
  readonly key?: string;
}

/** What `weft doctor` is told of the host; as the agent's options, where they have the same names. */
export interface DoctorOptions {
  readonly ovsdb: string;
  readonly controller?: string;
  readonly host?: string;
  readonly tunnelIp?: string;
  readonly underlayMtu?: number;
  readonly tokenFile?: string;
  readonly ca?: string;
  readonly certificate?: string;
  readonly key?: string;
}

/** What one check of a host has found. */
export interface Finding {
  readonly check: string;
  readonly state: 'pass' | 'warn' | 'fail';
  readonly about: string;
  /** What to do about it. */
  readonly fix?: string;
}

export interface Launched extends Running {
  readonly logger: ServiceLogger;
}

/**
 * Starts the programs behind `weft controller` and `weft agent`. The launcher brings it: the commands know
 * neither the controller nor the agent, so that all the others start without loading them.
 */
export interface Launchers {
  controller(options: ControllerOptions): Promise<Launched>;
  agent(options: AgentOptions): Promise<Launched>;
  /** Looks at this host, and changes nothing. */
  doctor(options: DoctorOptions): Promise<readonly Finding[]>;
}

/** `HOST:PORT`, IPv6 in brackets. */
export const addressText = ({ host, port }: Address) => `${host.includes(':') ? `[${host}]` : host}:${port}`;
