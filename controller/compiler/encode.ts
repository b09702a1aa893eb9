import { crc32 } from 'node:zlib';
import { encodeMessage } from 'node-openflow';
import {
  type CompiledFragment,
  checkFlow,
  encodeCookie,
  type Flow,
  type FragmentDefinition,
  PipelineViolation,
  type Scope,
  toFlowMod,
} from '../pipeline/index.ts';
import type { StoredFragment } from './types.ts';

/** Where the cookie stands in a flow-mod, in bytes: behind the OpenFlow header (OpenFlow 1.5.1, section 7.3.4.2). */
const cookieOffset = 8;
/** Where every OpenFlow message has its length. */
const lengthOffset = 2;

export const fragmentKey = (definition: FragmentDefinition, id: string) => `${definition.code}:${id}`;

/** One delete by metadata must remove a whole VPC scope, so no flow of it may be without that match. */
function checkScope(flow: Flow, scope: Scope): void {
  checkFlow(flow);
  if (scope.type !== 'vpc') return;
  const metadata = flow.match.find(({ field }) => field === 'metadata');
  if (metadata?.mask !== undefined || Number(metadata?.value ?? -1) !== scope.number) {
    throw new PipelineViolation(flow, `is of scope VPC ${scope.id}, but does not match its metadata`);
  }
}

/** Writes the cookie into each of the encoded flow-mods that follow each other in `bytes`. */
function stampCookie(bytes: Buffer, cookie: bigint): void {
  for (let offset = 0; offset < bytes.length; offset += bytes.readUInt16BE(offset + lengthOffset)) {
    bytes.writeBigUInt64BE(cookie, offset + cookieOffset);
  }
}

/**
 * The order in which a switch gets the flows of a fragment: from the highest priority down. At no moment does a packet
 * meet a flow that lets it pass where one above it, still to come, would drop it.
 */
function inOrderOfInstallation(flows: readonly Flow[]): readonly Flow[] {
  return flows.toSorted((a, b) => b.priority - a.priority);
}

/** True for a flow that only drops: no action, and no further stage. */
const drops = ({ actions, goto }: Flow) => actions.length === 0 && goto === undefined;

/**
 * Encodes a fragment for the wire. Its cookie's version is a checksum of the content, so equal content keeps its
 * cookie, also across restarts. Should a change meet an equal checksum, the next version is taken.
 *
 * @param isTaken true for cookies of other fragments; asked for kinds of which several fragments have one number
 */
export function encodeFragment(
  definition: FragmentDefinition,
  id: string,
  compiled: CompiledFragment,
  previous: StoredFragment | undefined,
  isTaken: (cookie: bigint) => boolean = () => false,
): StoredFragment {
  const parts = inOrderOfInstallation(compiled.flows).map((flow) => {
    checkScope(flow, compiled.scope);
    return encodeMessage(toFlowMod(flow, 0n));
  });
  const bytes = Buffer.allocUnsafeSlow(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  const cookieOf = (version: number) =>
    encodeCookie({ fragmentKind: definition.code, number: compiled.number, version });
  let version = crc32(bytes);
  const stamp = () => {
    while (isTaken(cookieOf(version))) version++;
    const stamped = cookieOf(version);
    stampCookie(bytes, stamped);
    return stamped;
  };
  let cookie = stamp();
  if (previous?.cookie === cookie && !bytes.equals(previous.bytes)) {
    version++;
    cookie = stamp();
  }
  return {
    key: fragmentKey(definition, id),
    scope: compiled.scope,
    cookie,
    bytes,
    flowCount: parts.length,
    denies: compiled.flows.every(drops),
    before: compiled.before ?? none,
    after: compiled.after ?? none,
    whenGone: compiled.whenGone ?? none,
    waitsFor: compiled.waitsFor ?? none,
  };
}
const none: readonly never[] = [];
