import { integrationBridge } from '../chassis/tables.ts';
import { tunnelPortName } from '../chassis/wanted.ts';
import type { SwitchRows } from './database.ts';
import { type Finding, fail, pass, warn } from './finding.ts';

/** The oldest Open vSwitch that does what the flows need. */
const oldestVersion = [3, 1] as const;
const startOvs = 'Start Open vSwitch: systemctl start openvswitch-switch.';
const startAgent = 'Start the agent of this host: weft agent makes and keeps it.';

/** What the database does not tell of Open vSwitch. */
export interface Installed {
  /** Whether the kernel has the openvswitch module. */
  readonly kernelModule: boolean;
  /** Of the program on this host; undefined when it is not found. */
  readonly version: string | undefined;
}

/** What the database says of the switch. */
export function judgeSwitch(rows: SwitchRows, { kernelModule, version }: Installed): Finding[] {
  return [
    // Only the script that starts services writes the version into the database.
    judgeVersion(rows.root?.ovs_version ?? version),
    judgeConfiguration(rows),
    ...judgeBridge(rows, kernelModule),
    judgeTunnel(rows),
    judgePorts(rows),
    ...judgeTargets(rows),
  ];
}

function judgeVersion(version: string | undefined): Finding {
  const check = 'Open vSwitch';
  const install = `Install Open vSwitch ${oldestVersion.join('.')} or newer.`;
  if (version === undefined) return warn(check, 'its version cannot be found out', install);
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  const isOld = major < oldestVersion[0] || (major === oldestVersion[0] && minor < oldestVersion[1]);
  if (!isOld) return pass(check, `version ${version}`);
  return fail(check, `version ${version} is too old`, install);
}

function judgeConfiguration({ root }: SwitchRows): Finding {
  const check = 'ovs-vswitchd';
  const [wanted, done] = [root?.next_cfg ?? 0, root?.cur_cfg ?? 0];
  if (done >= wanted) return pass(check, `has carried out configuration ${done}`);
  return fail(
    check,
    `has carried out configuration ${done} of ${wanted}: it hangs or is not there`,
    startOvs,
  );
}

function judgeBridge({ bridges, root }: SwitchRows, kernelModule: boolean): Finding[] {
  const bridge = bridges.find(({ name }) => name === integrationBridge);
  if (!bridge) return [fail(integrationBridge, 'there is no such bridge', startAgent)];
  const wrong = [
    ...(bridge.fail_mode === 'secure' ? [] : [`fail_mode is ${bridge.fail_mode ?? 'not set'}`]),
    ...(bridge.protocols.includes('OpenFlow15') ? [] : ['it does not speak OpenFlow 1.5']),
  ];
  const set =
    wrong.length === 0
      ? pass(integrationBridge, 'is set up')
      : fail(integrationBridge, wrong.join('; '), startAgent);
  if (bridge.datapath_type !== 'netdev') return [set, pass('datapath', "the kernel's")];
  const kernelCould = kernelModule && root?.datapath_types.includes('system');
  const fix = kernelCould
    ? 'Stop the VMs and the agent, delete br-int, and start the agent: it takes the datapath of the kernel.'
    : 'Install a kernel with the module openvswitch (modprobe openvswitch), unless userspace is what you want.';
  return [set, warn('datapath', 'userspace (netdev): slower, and tunnels need an OVS bridge', fix)];
}

function judgeTunnel({ interfaces }: SwitchRows): Finding {
  const check = 'tunnel port';
  const tunnel = interfaces.find(({ name }) => name === tunnelPortName);
  if (!tunnel) return fail(check, `there is no port ${tunnelPortName}`, startAgent);
  if (tunnel.ofport !== undefined && tunnel.ofport > 0) {
    return pass(check, `${tunnelPortName} ends at ${tunnel.options.get('local_ip') ?? 'any address'}`);
  }
  return fail(
    check,
    `Open vSwitch cannot make ${tunnelPortName}: ${tunnel.error ?? 'no reason given'}`,
    'Look for another tunnel port with the same addresses (ovs-vsctl show), and at the log of ovs-vswitchd.',
  );
}

/** Ports that carry interfaces of weft and that Open vSwitch could not make. */
function judgePorts({ interfaces }: SwitchRows): Finding {
  const plugged = interfaces.filter(({ external_ids }) => external_ids.has('iface-id'));
  const broken = plugged.filter(({ error, ofport }) => error !== undefined || ofport === -1);
  if (broken.length === 0) return pass('ports', `${plugged.length} carry network interfaces`);
  const reasons = broken.slice(0, 5).map(({ name, error }) => `${name}: ${error ?? 'no number'}`);
  return warn(
    'ports',
    `${broken.length} of ${plugged.length} do not work: ${reasons.join('; ')}`,
    'Remove ports whose device is gone: ovs-vsctl del-port br-int NAME.',
  );
}

function judgeTargets({ bridges, controllers }: SwitchRows): Finding[] {
  const bridge = bridges.find(({ name }) => name === integrationBridge);
  if (!bridge) return [];
  const check = 'OpenFlow';
  const targets = bridge.controller.flatMap((id) => controllers.get(id) ?? []);
  if (targets.length === 0) return [fail(check, 'br-int has no controller', startAgent)];
  const lost = targets.filter(({ is_connected }) => !is_connected);
  if (lost.length === 0) {
    return [pass(check, `connected to ${targets.map(({ target }) => target).join(', ')}`)];
  }
  const about = lost
    .map(
      ({ target, status }) =>
        `${target}: ${status.get('last_error') ?? status.get('state') ?? 'no answer yet'}`,
    )
    .join('; ');
  const fix = 'Open the port of the controller for this host, and check that the controller runs.';
  const judge = lost.length === targets.length ? fail : warn;
  return [judge(check, `not connected to ${about}`, fix)];
}

/** Where tunnels of other hosts end, as the port that the agent has made says. */
export const tunnelAddressOf = ({ interfaces }: SwitchRows): string | undefined =>
  interfaces.find(({ name }) => name === tunnelPortName)?.options.get('local_ip');
