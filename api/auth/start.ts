import type { Controller } from '@weft/controller';
import { WeftError } from '@weft/controller/resources';
import { Authenticator, defaultRegion, firstAccount } from './authenticator.ts';
import { hasAdmin, hasSecrets, KeyRing, type NewCredentials } from './key-ring.ts';
import { openKeyFile } from './secret-box.ts';

/** `development`: everybody is an admin; `keys`: everybody shows an access key or a certificate. */
export type AccessMode = 'development' | 'keys';

export interface AccessOptions {
  /** Where the API listens. */
  readonly host: string;
  /** Absent: `development` on loopback as long as the store has no key of an admin, else `keys`. */
  readonly mode?: AccessMode | undefined;
  readonly keyFile: string;
  /** Region of callers whose credentials name none. */
  readonly region?: string | undefined;
}

export interface Access {
  readonly mode: AccessMode;
  readonly authenticator: Authenticator;
  readonly keys: KeyRing;
  /** The key that was just made for the first admin; to be shown to the operator, now or never. */
  readonly firstKey?: NewCredentials;
}

/** Whether only this machine can reach an address to listen on. */
export const isLoopback = (host: string) =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);

/**
 * Opens the key file and decides who may come in. The first start with keys makes one for an admin.
 * @throws WeftError invalid-value when strangers could come in, unavailable when the key file cannot be used
 */
export async function openAccess(
  controller: Pick<Controller, 'create' | 'read' | 'list'>,
  { host, mode, keyFile, region = defaultRegion }: AccessOptions,
): Promise<Access> {
  const chosen = mode ?? (isLoopback(host) && !hasAdmin(controller) ? 'development' : 'keys');
  if (chosen === 'development' && !isLoopback(host)) {
    throw new WeftError(
      'invalid-value',
      `development mode would make an admin of everybody who reaches ${host}`,
      {
        field: '--access',
        value: chosen,
        fix: 'Listen on 127.0.0.1, or leave --access out and use access keys.',
      },
    );
  }
  const keys = new KeyRing(controller, openKeyFile(keyFile, !hasSecrets(controller)));
  if (chosen === 'development') {
    const development = { account: firstAccount };
    return { mode: chosen, keys, authenticator: new Authenticator({ keys, region, development }) };
  }
  const firstKey = await keys.createFirst();
  const authenticator = new Authenticator({ keys, region });
  return { mode: chosen, keys, authenticator, ...(firstKey ? { firstKey } : {}) };
}
