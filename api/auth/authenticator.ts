import { type Role, WeftError } from '@weft/controller/resources';
import { AuthError } from './errors.ts';
import type { Principal } from './principal.ts';
import type { SignedRequestHeaders } from './signature/parse.ts';
import { equal, type SignedRequest, verifySignature } from './signature/verify.ts';
import { parseToken } from './token.ts';

/** An access key as the store has it, with its secret decrypted. */
export interface KnownKey {
  readonly accessKeyId: string;
  readonly secret: string;
  readonly account: string;
  readonly role: Role;
  readonly hostId?: string;
}

/** Where keys are looked up. What is disabled, or belongs to a disabled account, is not found. */
export interface KeyDirectory {
  find(accessKeyId: string): KnownKey | undefined;
}

export interface AuthenticatorOptions {
  readonly keys: KeyDirectory;
  /** Region of callers whose credentials name none. */
  readonly region: string;
  /**
   * Development mode: who shows no credentials is an admin of this account, and the key `test` with the secret `test`
   * belongs to it. Only for an API that listens to loopback alone.
   */
  readonly development?: { readonly account: string };
  readonly clockSkewSeconds?: number;
  /** The time in milliseconds. Default `Date.now`. */
  readonly now?: () => number;
}

/** What a request shows besides its body. */
export interface ShownCredentials {
  /** Names are lower case. */
  readonly headers: SignedRequestHeaders;
  /** Common name of the client's certificate, once TLS has verified it. */
  readonly certificateName?: string | undefined;
}

/** The account of development mode and of the first key: what was made in the one is there in the other. */
export const firstAccount = '123456789012';
export const defaultRegion = 'us-east-1';

/** The one key that development mode knows, as the examples of many tools use it. */
export const developmentKey = { accessKeyId: 'test', secret: 'test' } as const;

/** Tells who sends a request. Both APIs ask it, with the same keys. */
export class Authenticator {
  readonly #options: AuthenticatorOptions;

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
  }

  /** True when requests without credentials are taken. */
  get anonymous(): boolean {
    return this.#options.development !== undefined;
  }

  /**
   * Who sends a request of the AWS-compatible API.
   * @throws AuthError with AWS's codes
   */
  signed(request: SignedRequest): Principal {
    const { accessKeyId, region } = verifySignature(request, {
      secretOf: (id) => this.#find(id)?.secret,
      now: this.#options.now?.() ?? Date.now(),
      ...(this.#options.clockSkewSeconds === undefined
        ? {}
        : { clockSkewSeconds: this.#options.clockSkewSeconds }),
    });
    const key = this.#find(accessKeyId) as KnownKey;
    if (key.role === 'agent') {
      throw new AuthError('AuthFailure', 'The key of an agent cannot be used with this API');
    }
    return principalOf(key, region);
  }

  /**
   * Who sends a request of the REST API: by `Authorization: Bearer`, by a certificate, or, in development mode, by
   * nothing at all.
   * @throws WeftError unauthenticated
   */
  bearer({ headers, certificateName }: ShownCredentials): Principal {
    const { authorization } = headers;
    if (authorization !== undefined) return this.#byToken([authorization].flat());
    if (certificateName !== undefined) return agentOf(certificateName);
    const { development, region } = this.#options;
    if (development) return { ...development, region, role: 'admin', name: 'development' };
    throw new WeftError('unauthenticated', 'the request has no credentials', {
      field: 'Authorization',
      fix: 'Send Authorization: Bearer TOKEN, with the token of an access key.',
    });
  }

  /** Whether somebody who came in earlier would still be let in: what lasts, such as a watch, asks again. */
  isValid({ accessKeyId }: Principal): boolean {
    return accessKeyId === undefined || this.#find(accessKeyId) !== undefined;
  }

  #byToken(authorization: readonly string[]): Principal {
    const token = authorization.length === 1 ? parseToken(authorization[0] ?? '') : undefined;
    const key = token && this.#find(token.accessKeyId);
    // The value stays out of the error: it may be a right token with a slip of the keyboard.
    if (!key || !equal(key.secret, token.secret)) {
      throw new WeftError('unauthenticated', 'the token is not one of an enabled access key', {
        field: 'Authorization',
        fix: 'Send Authorization: Bearer weft_KEYID_SECRET as it was shown when the key was made, or have a new key made.',
      });
    }
    return principalOf(key, this.#options.region);
  }

  #find(accessKeyId: string): KnownKey | undefined {
    const { development, keys } = this.#options;
    if (development && accessKeyId === developmentKey.accessKeyId) {
      return { ...developmentKey, account: development.account, role: 'admin' };
    }
    return keys.find(accessKeyId);
  }
}

/** Takes everybody for an admin: for a controller that nobody else can reach. */
export const developmentAuthenticator = (keys: KeyDirectory = { find: () => undefined }) =>
  new Authenticator({ keys, region: defaultRegion, development: { account: firstAccount } });

function principalOf({ accessKeyId, account, role, hostId }: KnownKey, region: string): Principal {
  if (role === 'agent') return { ...agentOf(hostId ?? ''), accessKeyId };
  return { account, region, role, accessKeyId, name: accessKeyId };
}

/** The network interfaces that a host carries can be of any account. */
const agentOf = (hostId: string): Principal => ({
  account: '*',
  region: '*',
  role: 'agent',
  hostId,
  name: `host ${hostId}`,
});
