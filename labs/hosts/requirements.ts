import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { LabError } from './errors.ts';
import type { MissingRequirement } from './types.ts';

/** Commands that labs call, with the Debian package that brings each. */
const commands: readonly (readonly [string, string])[] = [
  ['ovsdb-server', 'openvswitch-switch'],
  ['ovs-vswitchd', 'openvswitch-switch'],
  ['ovsdb-tool', 'openvswitch-common'],
  ['ovs-vsctl', 'openvswitch-switch'],
  ['ovs-ofctl', 'openvswitch-common'],
  ['ovs-appctl', 'openvswitch-common'],
  ['ip', 'iproute2'],
  ['nsenter', 'util-linux'],
  ['sysctl', 'procps'],
  ['ethtool', 'ethtool'],
  ['ping', 'iputils-ping'],
  ['arping', 'iputils-arping'],
  ['udhcpc', 'udhcpc'],
];
const files: readonly (readonly [string, string])[] = [
  ['/usr/bin/python3', 'python3-minimal'],
  ['/usr/share/openvswitch/vswitch.ovsschema', 'openvswitch-switch'],
];
/** Bits of the effective capabilities (capability.h). */
const capabilities = { CAP_NET_ADMIN: 12, CAP_NET_RAW: 13, CAP_SYS_ADMIN: 21 } as const;

/** What this machine lacks for labs, with what to do about each; empty when all is there. Changes nothing. */
export function labRequirements(): MissingRequirement[] {
  if (process.platform !== 'linux')
    return [missing('Linux', undefined, 'labs need Linux: run this on a Linux machine')];
  return [...missingPowers(), ...missingPrograms()];
}

/** Throws `requirement-missing` with every line of `labRequirements`. */
export function checkRequirements(): void {
  const lacking = labRequirements();
  if (lacking.length === 0) return;
  throw new LabError('requirement-missing', lacking.map((requirement) => requirement.message).join('\n'));
}

function missingPowers(): MissingRequirement[] {
  if (process.getuid?.() !== 0) {
    return [missing('root', undefined, 'labs make network namespaces: run this as root')];
  }
  const line = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'latin1'));
  const effective = BigInt(`0x${line?.[1] ?? '0'}`);
  const lacking = Object.entries(capabilities).filter(([, bit]) => (effective & (1n << BigInt(bit))) === 0n);
  const powers = lacking.map(([name]) =>
    missing(name, undefined, `root lacks ${name} here: give it to the container (or use a privileged one)`),
  );
  if (existsSync('/dev/net/tun')) return powers;
  const tun = '/dev/net/tun is missing: load the module tun, or give the device to the container';
  return [...powers, missing('/dev/net/tun', undefined, tun)];
}

function missingPrograms(): MissingRequirement[] {
  const lacking: MissingRequirement[] = [];
  for (const [name, debianPackage] of commands) {
    if (!onPath(name))
      lacking.push(missing(name, debianPackage, `${name} is not installed: apt install ${debianPackage}`));
  }
  for (const [path, debianPackage] of files) {
    if (!existsSync(path))
      lacking.push(missing(path, debianPackage, `${path} is missing: apt install ${debianPackage}`));
  }
  return lacking;
}

function onPath(command: string): boolean {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.some((folder) => isExecutable(join(folder, command)));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function missing(what: string, debianPackage: string | undefined, message: string): MissingRequirement {
  return { what, package: debianPackage, message };
}
