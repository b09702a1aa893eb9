import type { Draft, Owner } from '../features/operations/draft.ts';
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

const reasonLength = 300;

/** A write that was refused, and of what; whatever is no refusal of the controller or of an API is a defect. */
export const auditOfRefusal = (
  origin: AuditOrigin,
  owner: Owner,
  time: string,
  error: unknown,
  subject: Draft['subject'],
): AuditEntry => ({
  ...common(origin, owner, time),
  ...subject,
  ...(isRefusal(error)
    ? { outcome: error.code, reason: error.message.slice(0, reasonLength) }
    : { outcome: 'internal' }),
});

/** An API refuses with errors of its own, which have a code and the status of the answer. */
const isRefusal = (error: unknown): error is Error & { code: string } =>
  error instanceof WeftError ||
  (error instanceof Error && 'status' in error && 'code' in error && typeof error.code === 'string');
