/** The public shapes of the host labs. Addresses are IPv4 in dotted form, times are milliseconds unless named otherwise. */

/** What a command left behind. `code` is the exit status; 128 + n when signal n ended it, as shells count. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ExecOptions {
  /** Default 10,000. The command is killed and `command-timeout` is thrown when it takes longer. */
  readonly timeoutMs?: number;
  /** Written to the command's standard input, which is otherwise empty. */
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface SpawnOptions {
  /** Names the log file in the lab's directory; default: the command's base name. */
  readonly name?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly workingDirectory?: string;
}

/** A long-running process of a lab. It is ended at the latest when the lab closes. */
export interface Program {
  readonly name: string;
  readonly pid: number;
  readonly running: boolean;
  /** Exit status (128 + n after signal n), undefined while it runs. */
  readonly exitCode: number | undefined;
  /** The last 500 lines of standard output and standard error together. */
  readonly logs: readonly string[];
  /** The file with all its output since the program was first started. */
  readonly logFile: string;
  /** SIGTERM, then SIGKILL after 5 s; resolves when the process is gone. */
  stop(): Promise<void>;
  /** SIGKILL; resolves when the process is gone. */
  kill9(): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  /** Ends the process if it still runs, starts it with the same arguments, and waits until it is ready again. */
  restart(): Promise<void>;
  /** The first line of the current run for which `accepts` holds, past lines included. Throws `not-ready` with the last lines. */
  waitForLine(accepts: (line: string) => boolean, timeoutMs?: number): Promise<string>;
}

export interface PingOptions {
  /** Default 3. */
  readonly count?: number;
  /** Seconds between packets, default 0.2. */
  readonly interval?: number;
  /** Seconds to wait for each answer, default 1. */
  readonly timeout?: number;
  /** Payload bytes, without ICMP and IP headers. */
  readonly size?: number;
  /** Sets "don't fragment". */
  readonly df?: boolean;
}

export interface PingResult {
  readonly sent: number;
  readonly received: number;
  /** Mean round trip in milliseconds, undefined when nothing came back. */
  readonly averageMs: number | undefined;
  /** What ping printed: names the ICMP errors that came back. */
  readonly output: string;
}

/** A TCP or UDP echo server inside a namespace: what a client sends comes back with `<namespace> ` in front of it. */
export interface EchoServer {
  readonly port: number;
  close(): Promise<void>;
}

export interface ConnectOptions {
  /** Default 2,000. */
  readonly timeoutMs?: number;
  /** Sent to the peer; default `hello`. */
  readonly message?: string;
}

export interface ConnectResult {
  readonly connected: boolean;
  /** What the peer answered; empty when it did not. */
  readonly answer: string;
  /** `timeout`, `refused`, `unreachable` …; undefined when connected. */
  readonly error: string | undefined;
}

/** A TCP connection, or a UDP socket with one peer, that stays open between exchanges. */
export interface OpenConnection {
  /** Sends a message and waits for its own answer; `connected` means that it came. One at a time. */
  exchange(message: string): Promise<ConnectResult>;
  close(): Promise<void>;
}

/** Something with a network namespace of its own in which commands run. */
export interface Node {
  readonly name: string;
  readonly namespace: string;
  exec(command: string, args?: readonly string[], options?: ExecOptions): Promise<CommandResult>;
  /** As `exec`, but returns standard output and throws `command-failed` on any exit status except 0. */
  run(command: string, args?: readonly string[], options?: ExecOptions): Promise<string>;
  spawn(command: string, args?: readonly string[], options?: SpawnOptions): Promise<Program>;
  ping(address: string, options?: PingOptions): Promise<PingResult>;
  tcpListen(port: number): Promise<EchoServer>;
  tcpConnect(address: string, port: number, options?: ConnectOptions): Promise<ConnectResult>;
  udpListen(port: number): Promise<EchoServer>;
  /** Keeps the connection, to see what later changes do to it. Throws `not-ready` when it cannot be made. */
  tcpOpen(address: string, port: number, options?: ConnectOptions): Promise<OpenConnection>;
  udpOpen(address: string, port: number, options?: ConnectOptions): Promise<OpenConnection>;
  /** One datagram and its answer; `connected` means that an answer came. */
  udpExchange(address: string, port: number, options?: ConnectOptions): Promise<ConnectResult>;
}

/** A node with one interface, eth0, that plays a virtual machine or a machine on the external network. */
export interface Machine extends Node {
  readonly mac: string;
  /** `10.0.0.5/24` on eth0. */
  addAddress(cidr: string): Promise<void>;
  /** `destination` is a CIDR or `default`. */
  addRoute(destination: string, via: string): Promise<void>;
  /** Removes the addresses and routes of eth0. */
  flushAddresses(): Promise<void>;
  close(): Promise<void>;
}

export interface VmOptions {
  /** `external_ids:iface-id` of the port, such as `eni-…`. */
  readonly interfaceId: string;
  readonly mac: string;
  /** Short and unique in the lab; default `vm1`, `vm2` …. */
  readonly name?: string;
  /** Default `br-int`, which must exist. */
  readonly bridge?: string;
  /** Default 1442: what a 1500-byte underlay leaves after Geneve and the identity option. */
  readonly mtu?: number;
  /** Default false: no link-local address, so that the machine sends nothing unasked. */
  readonly ipv6?: boolean;
}

export interface DhcpOptions {
  /** How many times to ask, a second apart; default 5. */
  readonly attempts?: number;
  /** Default: what the attempts take, and 10 s more. */
  readonly timeoutMs?: number;
}

export interface Vm extends Machine {
  readonly interfaceId: string;
  readonly host: Host;
  /** The name of its port on the bridge. */
  readonly port: string;
  ofport(): Promise<number>;
  /**
   * Runs udhcpc once, sets address, MTU and routes of this machine only, and returns what the server said:
   * `ip`, `mask` (bits), `router`, `dns`, `mtu`, `lease`, `serverid`, `staticroutes` … Throws `not-ready` without a lease.
   */
  dhcp(options?: DhcpOptions): Promise<Readonly<Record<string, string>>>;
}

/** One line of `ovs-ofctl dump-flows`. */
export interface FlowLine {
  readonly cookie: bigint;
  readonly table: number;
  readonly priority: number;
  readonly packets: number;
  readonly bytes: number;
  /** The match without the priority, as printed; empty when it matches everything. */
  readonly match: string;
  readonly actions: string;
  readonly text: string;
}

export interface HostOptions {
  /** Lower-case letters, digits and dashes; up to 12 characters; unique in the lab. */
  readonly name: string;
  /** Availability zone given to the agent; default `zone-a`. */
  readonly zone?: string;
  /** Default 198.18.0.N, N counting the hosts of the lab from 1. All tunnel addresses of a lab share 198.18.0.0/16. */
  readonly tunnelAddress?: string;
  /** false: no br-ex although the lab has an external network. */
  readonly external?: boolean;
}

export interface AgentOptions {
  /** The controller to use; default: the one that was started last in this lab. */
  readonly controller?: string | ControllerProgram;
  /** More arguments, after the usual ones. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Default 30,000. */
  readonly readyTimeoutMs?: number;
}

export interface AgentProgram extends Program {
  readonly host: Host;
}

/** A network namespace with its own ovsdb-server and ovs-vswitchd. It has no br-int: that is the agent's to make. */
export interface Host extends Node {
  readonly zone: string;
  /** Holds the database, sockets, pid files and logs of this host; root only. */
  readonly directory: string;
  /** OVS_RUNDIR, where `<bridge>.mgmt` appears; same as `directory`. */
  readonly runDirectory: string;
  /** `unix:/…/db.sock`. */
  readonly ovsdbEndpoint: string;
  readonly tunnelAddress: string;
  readonly externalBridge: string | undefined;
  readonly vms: readonly Vm[];
  /** `unix:/…/<bridge>.mgmt`, as ovs-ofctl wants it. */
  mgmtSocket(bridge: string): string;
  /** `ovs-ofctl -O OpenFlow15 COMMAND BRIDGE …`: the second argument is a bridge's name. Returns standard output. */
  ofctl(command: string, bridge: string, ...args: string[]): Promise<string>;
  vsctl(...args: string[]): Promise<string>;
  /** Sent to ovs-vswitchd. */
  appctl(...args: string[]): Promise<string>;
  dumpFlows(bridge?: string): Promise<FlowLine[]>;
  /** `ofproto/trace` with a flow in ovs-ofctl syntax; the whole output. */
  trace(flow: string, bridge?: string): Promise<string>;
  /** Plugs or pulls the cable to the underlay. */
  setUnderlay(state: 'up' | 'down'): Promise<void>;
  addVmPort(options: VmOptions): Promise<Vm>;
  startAgent(options?: AgentOptions): Promise<AgentProgram>;
  /** Resolves when ovs-vswitchd is gone (for signals that end it; at once for others). Default SIGKILL. */
  killVswitchd(signal?: NodeJS.Signals): Promise<void>;
  /** Ends ovs-vswitchd if it runs, starts it and waits until it answers; the tunnel address is set anew. */
  restartVswitchd(): Promise<void>;
  /** Ends and starts ovsdb-server and ovs-vswitchd. */
  restartAll(): Promise<void>;
  /** Ends all processes of the host, its machines and its namespaces; other hosts go on. */
  close(): Promise<void>;
}

export interface ControllerOptions {
  /** Ports on 127.0.0.1, in the root namespace and in every host; free ones are chosen by default. */
  readonly apiPort?: number;
  readonly openflowPort?: number;
  /** Holds the SQLite store; default: a folder in the lab's directory, which goes when the lab closes. */
  readonly stateDirectory?: string;
  /** PEM: the authority of the certificate that `args` make the API show; it then speaks HTTPS. */
  readonly authority?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Default 30,000. */
  readonly readyTimeoutMs?: number;
}

export interface ControllerProgram extends Program {
  readonly apiPort: number;
  readonly openflowPort: number;
  /** `http://127.0.0.1:<apiPort>`, or `https:` where an authority is given; the same inside the hosts. */
  readonly apiUrl: string;
}

export interface LabOptions {
  /** Lower-case letters and digits, up to 12; default: random. */
  readonly name?: string;
  /** A number makes `h1` … `hN`. */
  readonly hosts: number | readonly HostOptions[];
  /** Gives every host a bridge `br-ex` on a common external segment. */
  readonly externalNetwork?: { readonly cidr: string };
  /** Opened on every host, also on those added later. */
  readonly relays?: readonly { readonly port: number; readonly target: number }[];
  /** The weft command of the controller and the agents; default: `bin/weft` in the nearest folder above this one. */
  readonly weftCommand?: string;
  /** Told in one line what the lab does. */
  readonly log?: (message: string) => void;
}

export interface Outsider extends Machine {
  /** With prefix length, as given. */
  readonly address: string;
}

export interface OutsiderOptions {
  /** `203.0.113.200/24` on the external segment. */
  readonly address: string;
  /** Short and unique in the lab; default `out1`, `out2` …. */
  readonly name?: string;
}

export interface Lab extends AsyncDisposable {
  readonly name: string;
  /** /run/weft/labs/<name>; root only; goes with the lab. */
  readonly directory: string;
  readonly hosts: readonly Host[];
  readonly externalNetwork: { readonly cidr: string } | undefined;
  /** The host of this name; throws `unknown-host`. */
  host(name: string): Host;
  addHost(options: HostOptions): Promise<Host>;
  addOutsider(options: OutsiderOptions): Promise<Outsider>;
  /** Makes 127.0.0.1:port on every host, present and future, lead to 127.0.0.1:target (default: the same port) of the root namespace. */
  relay(port: number, target?: number): Promise<void>;
  startController(options?: ControllerOptions): Promise<ControllerProgram>;
  /** Ends every process and removes every namespace, device and file of the lab. Calling it again does nothing. */
  close(): Promise<void>;
}

/** Something that a lab needs and this machine lacks. */
export interface MissingRequirement {
  readonly what: string;
  /** The Debian package that brings it, when there is one. */
  readonly package: string | undefined;
  /** One line: what is missing and what to do. */
  readonly message: string;
}
