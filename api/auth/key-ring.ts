import type { Caller, Controller, WriteResult } from '@weft/controller';
import { type NewAccessKey, type ResourceOf, WeftError } from '@weft/controller/resources';
import { firstAccount, type KeyDirectory, type KnownKey } from './authenticator.ts';
import type { SecretBox } from './secret-box.ts';
import { newAccessKeyId, newSecret, tokenOf } from './token.ts';

/** The controller's own program: sees everything, the secrets too. */
const itself: Caller = { account: '', region: '' };

type KeyStore = Pick<Controller, 'create' | 'read' | 'list'>;

/** A key as it is told to whoever made it, once. */
export interface NewCredentials {
  readonly accessKeyId: string;
  /** For the AWS-compatible API. */
  readonly secret: string;
  /** The same for the REST API. */
  readonly token: string;
}

/** The access keys in the store. They are read anew at each use, so that a key that is disabled is out at once. */
export class KeyRing implements KeyDirectory {
  readonly #controller: KeyStore;
  readonly #box: SecretBox;

  /** @throws WeftError unavailable when the store has a secret that was sealed with another key */
  constructor(controller: KeyStore, box: SecretBox) {
    this.#controller = controller;
    this.#box = box;
    for (const { id, spec } of controller.list('access-key-secret', itself)) {
      if (box.opens(spec.sealed)) continue;
      throw new WeftError(
        'unavailable',
        `the key file does not belong to the store: it cannot decrypt ${id}`,
        {
          fix: 'Give the key file that was used with this store (--key-file).',
        },
      );
    }
  }

  find(accessKeyId: string): KnownKey | undefined {
    const key = this.#get('access-key', accessKeyId);
    const account = key?.spec.enabled ? this.#get('account', key.spec.accountId) : undefined;
    const sealed = account?.spec.enabled ? this.#get('access-key-secret', accessKeyId) : undefined;
    if (!key || !sealed) return undefined;
    const { accountId, role, hostId } = key.spec;
    return {
      accessKeyId,
      secret: this.#box.open(sealed.spec.sealed, accessKeyId),
      account: accountId,
      role,
      ...(hostId === undefined ? {} : { hostId }),
    };
  }

  /**
   * Makes a key. The secret is in the answer and nowhere else.
   * @throws WeftError not-found when the caller sees no such account, forbidden when the role does not allow it
   */
  async create(
    accountId: string,
    { role, hostId, description }: NewAccessKey,
    caller: Caller,
  ): Promise<WriteResult<ResourceOf<'access-key'>> & NewCredentials> {
    this.#controller.read('account', accountId, caller);
    const accessKeyId = newAccessKeyId();
    const secret = newSecret();
    const spec = {
      accessKeyId,
      accountId,
      role,
      ...(hostId === undefined ? {} : { hostId }),
      ...(description === undefined ? {} : { description }),
      sealedSecret: this.#box.seal(secret, accessKeyId),
    };
    const written = await this.#controller.create('access-key', { spec }, caller);
    return { ...written, accessKeyId, secret, token: tokenOf(accessKeyId, secret) };
  }

  /** Makes the first account and a key for its admin when the store has no key of an admin yet. */
  async createFirst(): Promise<NewCredentials | undefined> {
    if (hasAdmin(this.#controller)) return undefined;
    if (!this.#get('account', firstAccount)) {
      await this.#controller.create('account', { spec: { id: firstAccount, name: 'first' } }, itself);
    }
    return this.create(firstAccount, { role: 'admin', description: 'made at the first start' }, itself);
  }

  #get<K extends 'account' | 'access-key' | 'access-key-secret'>(
    kind: K,
    id: string,
  ): ResourceOf<K> | undefined {
    try {
      return this.#controller.read<K>(kind, id, itself);
    } catch (error) {
      if (error instanceof WeftError && error.code === 'not-found') return undefined;
      throw error;
    }
  }
}

/** Whether a key of an admin was made in this store at any time; it cannot be without one again. */
export function hasAdmin(controller: Pick<Controller, 'list'>): boolean {
  for (const { spec } of controller.list('access-key', itself)) if (spec.role === 'admin') return true;
  return false;
}

/** Whether the store has secrets, which only their key file opens. */
export function hasSecrets(controller: Pick<Controller, 'list'>): boolean {
  for (const _secret of controller.list('access-key-secret', itself)) return true;
  return false;
}
