import type { Owner } from '../features/operations/draft.ts';
import { kinds, WeftError } from '../resources/index.ts';
import type { AuditEntry, AuditOrigin, Transaction } from '../store/index.ts';

const common = (origin: AuditOrigin, { account, region }: Owner, time: string) => ({
  time,
  account,
  region,
  ...origin,
});

/** What a transaction does to everything that APIs show, for the audit log. The store adds the revision. */
export function auditOf(
  origin: AuditOrigin,
  owner: Owner,
  time: string,
  { conditions, puts, deletes }: Transaction,
): AuditEntry[] {
  const seen = new Map(conditions.map(({ kind, id, revision }) => [`${kind}/${id}`, revision]));
  const entry = ({ kind, id }: Transaction['deletes'][number]) => {
    const before = seen.get(`${kind}/${id}`) ?? 0;
    return { ...common(origin, owner, time), outcome: 'done', kind, id, ...(before > 0 ? { before } : {}) };
  };
  return [...puts, ...deletes].filter(({ kind }) => kinds[kind].path !== undefined).map(entry);
}

/** A write that was refused; whatever is no `WeftError` is a defect. */
export const auditOfRefusal = (
  origin: AuditOrigin,
  owner: Owner,
  time: string,
  error: unknown,
): AuditEntry => ({
  ...common(origin, owner, time),
  outcome: error instanceof WeftError ? error.code : 'internal',
});
