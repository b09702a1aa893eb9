import { encodeMessage } from 'node-openflow';
import { encodeCookie, type Scope, set, toFlowMod } from '../pipeline/index.ts';
import type { ScopeContent, StoredFragment } from './types.ts';

/** Fragment kinds of the marker flows; kinds below belong to features, 63 to learned flows. */
export const markerKind = { global: 60, vpc: 61, host: 62 } as const;
/** Above every VPC number (24 bits), so that a VPC's delete by metadata never meets another scope's marker. */
const markerMetadata = { global: 1n << 40n, vpc: 0n, host: 1n << 41n } as const;

const mask64 = 0xffff_ffff_ffff_ffffn;

/** Spreads a cookie over 64 bits (splitmix64), so that the sum over a set tells sets apart. */
function spread(cookie: bigint): bigint {
  let z = (cookie + 0x9e37_79b9_7f4a_7c15n) & mask64;
  z = ((z ^ (z >> 30n)) * 0xbf58_476d_1ce4_e5b9n) & mask64;
  z = ((z ^ (z >> 27n)) * 0x94d0_49bb_1331_11ebn) & mask64;
  return z ^ (z >> 31n);
}

/** The fragments of one scope with the digest over them, which costs O(1) a change. */
export class ScopeState implements ScopeContent {
  readonly scope: Scope;
  readonly fragments = new Map<string, StoredFragment>();
  digest = 0n;
  flowCount = 0;
  #marker: Uint8Array | undefined;

  constructor(scope: Scope) {
    this.scope = scope;
  }

  replace(before: StoredFragment | undefined, after: StoredFragment | undefined): void {
    this.flowCount += (after?.flowCount ?? 0) - (before?.flowCount ?? 0);
    if (before) this.digest = (this.digest - spread(before.cookie)) & mask64;
    if (after) {
      this.digest = (this.digest + spread(after.cookie)) & mask64;
      this.fragments.set(after.key, after);
    } else if (before) {
      this.fragments.delete(before.key);
    }
    this.#marker = undefined;
  }

  get marker(): Uint8Array {
    this.#marker ??= this.#encodeMarker();
    return this.#marker;
  }

  #encodeMarker(): Uint8Array {
    const { type } = this.scope;
    const number = this.scope.type === 'global' ? 0 : this.scope.number;
    const cookie = encodeCookie({
      fragmentKind: markerKind[type],
      number,
      version: Number(this.digest & 0x3ff_ffffn),
    });
    const flow = {
      stage: 'marker',
      priority: 100,
      match: [{ field: 'metadata', value: markerMetadata[type] + BigInt(number) }],
      actions: [set('metadata', this.digest)],
    } as const;
    return encodeMessage(toFlowMod(flow, cookie));
  }
}
