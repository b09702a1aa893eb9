import { randomInt } from 'node:crypto';
import {
  type AccessKeySpec,
  type AccountSpec,
  kindNames,
  kinds,
  type ResourceOf,
  WeftError,
} from '../../resources/index.ts';
import { refuseWhileUsed } from '../operations/checks.ts';
import type { Draft } from '../operations/draft.ts';
import type { Operations } from '../operations/operations.ts';
import { flowQuotaName, ruleQuotaName } from './quotas.ts';

const newAccountId = () => String(randomInt(100_000_000_000, 1_000_000_000_000));

/** @throws WeftError unknown-field for what is no kind of which an account could have too many */
function checkQuotas(quotas: AccountSpec['quotas']): void {
  const owned = kindNames.filter((kind) => kinds[kind].path !== undefined && !kinds[kind].operatorOwned);
  const limited: readonly string[] = [...owned, flowQuotaName, ruleQuotaName];
  for (const [kind, value] of Object.entries(quotas)) {
    if (limited.includes(kind)) continue;
    throw new WeftError('unknown-field', `there is no quota of ${kind}`, {
      field: `spec.quotas.${kind}`,
      value,
      fix: `There are quotas of: ${limited.join(', ')}.`,
    });
  }
}

/** Accounts, which an admin makes. */
export const accountOperations: Operations<'account'> = {
  kind: 'account',
  create(draft, { spec, tags }) {
    const { id = newAccountId(), name, quotas = {} } = spec as unknown as AccountSpec & { id?: string };
    checkQuotas(quotas);
    if (draft.get('account', id)) {
      throw new WeftError('already-exists', `there is an account ${id}`, {
        field: 'spec.id',
        value: id,
        fix: 'Choose another id, or leave it out to get a random one.',
      });
    }
    return draft.create('account', { id, spec: { name, enabled: true, quotas }, tags });
  },
  update(draft, current, { spec }) {
    const changed = { ...current.spec, ...(spec as Partial<AccountSpec>) };
    checkQuotas(changed.quotas);
    const account = draft.update(current, { spec: changed });
    const keys = [...draft.view.referrers(account, 'of-account', 'access-key')];
    if (!changed.enabled && keys.some(isAdmin)) requireAnAdmin(draft);
    return account;
  },
  remove(draft, account) {
    refuseWhileUsed(draft, account, 'of-account', 'access-key');
    const kind = draft.view.ownedBy(account.id);
    if (kind !== undefined) {
      throw new WeftError('in-use', `account ${account.id} still has resources of kind ${kind}`, {
        field: 'id',
        value: account.id,
        fix: 'Delete everything that it has first.',
      });
    }
    draft.remove(account);
  },
};

/** What the API gives when a key is made: the id and the encrypted secret are its own choice. */
export interface AccessKeyInput extends Omit<AccessKeySpec, 'enabled'> {
  readonly accessKeyId: string;
  readonly sealedSecret: string;
}

/** Access keys. The secret goes with the key. */
export const accessKeyOperations: Operations<'access-key'> = {
  kind: 'access-key',
  create(draft, { spec, tags }) {
    const { accessKeyId, sealedSecret, ...rest } = spec as unknown as AccessKeyInput;
    const account = draft.get('account', rest.accountId);
    if (!account) {
      throw new WeftError('not-found', `there is no account ${rest.accountId}`, {
        field: 'id',
        value: rest.accountId,
        fix: 'List them with GET /v1/accounts.',
      });
    }
    draft.depend(account);
    checkHost(rest);
    draft.create('access-key-secret', { id: accessKeyId, spec: { sealed: sealedSecret } });
    return draft.create('access-key', { id: accessKeyId, spec: { ...rest, enabled: true }, tags });
  },
  update(draft, current, { spec }) {
    const { description, enabled = current.spec.enabled } = spec as {
      description?: string | null;
      enabled?: boolean;
    };
    const { description: before, ...rest } = current.spec;
    const after = description === undefined ? before : (description ?? undefined);
    const changed = { ...rest, enabled, ...(after === undefined ? {} : { description: after }) };
    const key = draft.update(current, { spec: changed });
    if (isAdmin(current)) requireAnAdmin(draft);
    return key;
  },
  remove(draft, key) {
    const secret = draft.get('access-key-secret', key.id);
    if (secret) draft.remove(secret);
    draft.remove(key);
    if (isAdmin(key)) requireAnAdmin(draft);
  },
};

function checkHost({ role, hostId }: Pick<AccessKeySpec, 'role' | 'hostId'>): void {
  if ((role === 'agent') === (hostId !== undefined)) return;
  throw role === 'agent'
    ? new WeftError('missing-field', 'the key of an agent is for one host', {
        field: 'hostId',
        fix: 'Give the name of the host (hostId).',
      })
    : new WeftError('invalid-value', `a key with role ${role} is for no host`, {
        field: 'hostId',
        value: hostId,
        fix: 'Leave hostId out, or give role agent.',
      });
}

const isAdmin = ({ spec }: ResourceOf<'access-key'>) => spec.role === 'admin' && spec.enabled;

/**
 * Without an admin nobody could make another one.
 * @throws WeftError wrong-state
 */
function requireAnAdmin(draft: Draft): void {
  for (const key of draft.view.all('access-key')) {
    if (isAdmin(key) && draft.get('account', key.spec.accountId)?.spec.enabled) return;
  }
  throw new WeftError('wrong-state', 'no enabled key with role admin would be left', {
    field: 'id',
    fix: 'Make another key with role admin first.',
  });
}
