import { randomBytes } from 'node:crypto';
import { LabError } from './errors.ts';

/** Where labs live: sockets, databases and logs, gone with the next boot. */
export const labsDirectory = '/run/weft/labs';

const labName = /^[a-z0-9]{2,12}$/;
// Devices are called after hosts and machines with a prefix of two characters; the kernel allows 15 in all.
const partName = /^[a-z0-9](?:[a-z0-9-]{0,10}[a-z0-9])?$/;

export function randomLabName(): string {
  return randomBytes(3).toString('hex');
}

/** Throws `invalid-option` unless it is 2 to 12 lower-case letters and digits (one letter would clash with instance ids). */
export function checkLabName(name: string): void {
  if (!labName.test(name)) {
    throw new LabError(
      'invalid-option',
      `lab name ${JSON.stringify(name)}: use 2 to 12 lower-case letters and digits`,
    );
  }
}

/** Throws `invalid-option` unless the name fits into namespace and device names and cannot be taken for another part's. */
export function checkHostName(name: string): void {
  checkPartName('host', name);
  if (name === 'fabric' || name.startsWith('vm-') || name.startsWith('out-')) {
    throw new LabError(
      'invalid-option',
      `host name ${name}: fabric, vm-… and out-… are names of other parts of a lab`,
    );
  }
}

export function checkMachineName(name: string): void {
  checkPartName('machine', name);
}

/** Every namespace of a lab begins with this; lab names have no dash, so that no lab's is the beginning of another's. */
export function namespacePrefix(lab: string): string {
  return `weft-${lab}-`;
}

function checkPartName(what: string, name: string): void {
  if (!partName.test(name)) {
    throw new LabError(
      'invalid-option',
      `${what} name ${JSON.stringify(name)}: use 1 to 12 lower-case letters, digits and inner dashes`,
    );
  }
}
