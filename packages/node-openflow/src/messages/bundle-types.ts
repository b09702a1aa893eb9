import type { Message } from './types.ts';

/** `time` is for bundles with a time at which they are to be applied (OpenFlow 1.5). */
export type BundleFlag = 'atomic' | 'ordered' | 'time';

/** Time since 1970, in UTC. */
export interface BundleTime {
  readonly seconds: bigint;
  readonly nanoseconds: number;
}

/** Opens, closes, commits or discards a bundle. OVS wants the same flags in all messages of a bundle. */
export interface BundleControl {
  readonly type: 'bundle-control';
  readonly bundle: number;
  readonly command:
    | 'open-request'
    | 'open-reply'
    | 'close-request'
    | 'close-reply'
    | 'commit-request'
    | 'commit-reply'
    | 'discard-request'
    | 'discard-reply';
  readonly flags: readonly (BundleFlag | number)[];
  /** When to apply the bundle; with the flag `time`. OpenFlow 1.5 only. */
  readonly time?: BundleTime;
  /** Properties this library does not know, whole. */
  readonly unknown?: readonly Uint8Array[];
}

/** Adds a message to a bundle. The inner message gets the xid of the outer one. */
export interface BundleAdd {
  readonly type: 'bundle-add';
  readonly bundle: number;
  readonly flags: readonly (BundleFlag | number)[];
  readonly message: Message;
  readonly time?: BundleTime;
  /** Properties this library does not know, whole. */
  readonly unknown?: readonly Uint8Array[];
}
