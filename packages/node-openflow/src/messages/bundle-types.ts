import type { Message } from './types.ts';

export type BundleFlag = 'atomic' | 'ordered';

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
  readonly flags: readonly BundleFlag[];
}

/** Adds a message to a bundle. The inner message gets the xid of the outer one. */
export interface BundleAdd {
  readonly type: 'bundle-add';
  readonly bundle: number;
  readonly flags: readonly BundleFlag[];
  readonly message: Message;
}
