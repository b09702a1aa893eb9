import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { dirname, join } from 'node:path';
import { kernelModulePath } from '../chassis/chassis.ts';
import { integrationBridge } from '../chassis/tables.ts';
import { attempt } from '../compute/command.ts';
import { controllerAccess } from '../controller/access.ts';
import { AgentError, reasonOf } from '../errors.ts';
import { judgeCertificate } from './certificates.ts';
import { judgeController, judgeRegistration } from './controller.ts';
import { readSwitch, type SwitchRows } from './database.ts';
import { type Finding, fail, pass } from './finding.ts';
import { judgeSwitch, tunnelAddressOf } from './switch.ts';
import { judgeListening, judgeUnderlay, type Underlay } from './underlay.ts';

/** What is known of the host beforehand. */
export interface ExaminationOptions {
  /** `unix:/ABSOLUTE/PATH` */
  readonly ovsdb: string;
  /** Address of the API; absent: the controller is not asked. */
  readonly controller?: string | undefined;
  /** Name of this host at the controller; absent: its registration is not looked at. */
  readonly host?: string | undefined;
  /** Absent: that of the tunnel port. */
  readonly tunnelIp?: string | undefined;
  /** What the controller was told that packets between hosts may measure, in bytes. Default 1500. */
  readonly underlayMtu?: number | undefined;
  readonly tokenFile?: string | undefined;
  readonly ca?: string | undefined;
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
  /** For each answer, in milliseconds. Default 5 s. */
  readonly timeoutMs?: number | undefined;
}

/** Looks at everything that a host needs, and changes nothing. Every problem is a finding: nothing is thrown. */
export async function examineHost(options: ExaminationOptions): Promise<Finding[]> {
  const findings = await Promise.all([examineSwitch(options), examineController(options)]);
  return findings.flat();
}

async function examineSwitch(options: ExaminationOptions): Promise<Finding[]> {
  const { ovsdb, tunnelIp, underlayMtu, timeoutMs = 5000 } = options;
  let rows: SwitchRows;
  try {
    rows = await readSwitch(ovsdb, timeoutMs);
  } catch (error) {
    const fix =
      'Start Open vSwitch (systemctl start openvswitch-switch), or give the right socket with --ovsdb.';
    return [fail('ovsdb-server', `does not answer at ${ovsdb}: ${reasonOf(error)}`, fix)];
  }
  const bridge = rows.bridges.find(({ name }) => name === integrationBridge);
  const socket = join(dirname(ovsdb.slice('unix:'.length)), `${integrationBridge}.mgmt`);
  const address = tunnelIp ?? tunnelAddressOf(rows);
  const [underlay, version] = await Promise.all([readUnderlay(timeoutMs), installedVersion(timeoutMs)]);
  return [
    pass('ovsdb-server', `answers at ${ovsdb}`),
    ...judgeSwitch(rows, { kernelModule: existsSync(kernelModulePath), version }),
    ...(bridge ? [await judgeSocket(socket, timeoutMs)] : []),
    ...(address === undefined ? [] : judgeUnderlay(address, underlay, underlayMtu)),
    ...(bridge ? judgeListening(bridge.datapath_type, underlay) : []),
  ];
}

/** ovs-vswitchd itself answers there: what it has written into the database stays when it dies. */
async function judgeSocket(path: string, timeoutMs: number): Promise<Finding> {
  const { promise, resolve } = Promise.withResolvers<Finding>();
  const check = 'OpenFlow socket';
  const fix = 'Start ovs-vswitchd: systemctl restart openvswitch-switch.';
  const socket = connect(path);
  socket.setTimeout(timeoutMs);
  socket.once('error', (error) => resolve(fail(check, `${path}: ${error.message}`, fix)));
  socket.once('timeout', () => resolve(fail(check, `${path}: no answer in ${timeoutMs} ms`, fix)));
  // A process that hangs still has connections accepted by the kernel: the switch speaks first, or does not run.
  socket.once('data', () => resolve(pass(check, path)));
  return promise.finally(() => socket.destroy());
}

/** Of the program on this host, as `ovs-vswitchd (Open vSwitch) 3.1.0`. */
async function installedVersion(timeoutMs: number): Promise<string | undefined> {
  const text = await outputOf('ovs-vswitchd', ['--version'], timeoutMs);
  return /Open vSwitch\) (\d+\.\d+\S*)/.exec(text ?? '')?.[1];
}

/** What a program prints; undefined where it is missing or fails, which is a finding of its own. */
async function outputOf(program: string, words: string[], timeoutMs: number): Promise<string | undefined> {
  return attempt(program, words, { timeoutMs }).then(
    ({ code, stdout }) => (code === 0 ? stdout : undefined),
    () => undefined,
  );
}

async function readUnderlay(timeoutMs: number): Promise<Underlay> {
  // Not from /sys, which may be that of another network namespace.
  const links = await outputOf('ip', ['-json', 'link', 'show'], timeoutMs);
  const mtus = new Map<string, number>(
    links === undefined
      ? []
      : JSON.parse(links).map((link: { ifname: string; mtu: number }) => [link.ifname, link.mtu]),
  );
  return {
    interfaces: networkInterfaces(),
    udpSockets: ['/proc/net/udp', '/proc/net/udp6'].map((path) => readText(path) ?? '').join('\n'),
    mtuOf: (device) => mtus.get(device),
  };
}

/** The text of a file of the kernel; undefined where it has none, which is a finding of its own. */
function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

async function examineController(options: ExaminationOptions): Promise<Finding[]> {
  const { controller, host, timeoutMs = 5000 } = options;
  const own = (['ca', 'certificate'] as const).flatMap((name) => certificateFinding(name, options[name]));
  if (controller === undefined) return own;
  try {
    const access = controllerAccess(options);
    const reached = await judgeController(controller, access, timeoutMs);
    const answers = reached.every(({ check, state }) => check !== 'controller' || state === 'pass');
    if (host === undefined || !answers) return [...reached, ...own];
    return [...reached, await judgeRegistration(controller, access, host, timeoutMs), ...own];
  } catch (error) {
    if (!(error instanceof AgentError)) throw error;
    return [...own, fail('credentials', error.message, error.fix)];
  }
}

function certificateFinding(name: 'ca' | 'certificate', path: string | undefined): Finding[] {
  if (path === undefined) return [];
  const text = readText(path);
  const check = name === 'ca' ? 'authority' : 'certificate of the host';
  if (text !== undefined) return [judgeCertificate(check, text, new Date())];
  return [fail(check, `${path} cannot be read`, 'Give the path of a file in PEM that you can read.')];
}
