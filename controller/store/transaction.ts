import { type KindName, kindNames, WeftError } from '../resources/index.ts';
import type { Transaction } from './store.ts';

const knownKinds: ReadonlySet<string> = new Set(kindNames);

/** The key of a resource among all kinds. No kind has a slash in its name, so two resources never share one. */
const resourceKey = (kind: KindName, id: string) => `${kind}/${id}`;

/**
 * Refuses a transaction that can never be right, whatever is stored.
 *
 * @throws WeftError `internal`: the mistake is in the code that built the transaction, not in what a user asked for
 */
export function checkTransaction(transaction: Transaction): void {
  const written = new Set<string>();
  for (const { kind, id } of [...transaction.puts, ...transaction.deletes]) {
    if (!knownKinds.has(kind)) {
      throw defect(`${kind} is no kind of resource`, kind, 'Use one of the names in kindNames.');
    }
    if (typeof id !== 'string' || id === '') {
      throw defect(`a ${kind} has no id`, id, 'Give every resource an id before it is committed.');
    }
    const key = resourceKey(kind, id);
    if (written.has(key)) {
      throw defect(
        `a transaction writes ${kind} ${id} twice`,
        id,
        'Merge the writes into one put, or into one delete.',
      );
    }
    written.add(key);
  }
}

/** A transaction deletes what is not stored; two commits that race for it are told apart by their conditions. */
export function absentDelete(kind: KindName, id: string): WeftError {
  return defect(
    `a transaction deletes ${kind} ${id}, which does not exist`,
    id,
    'Read the resource first and make its revision a condition of the commit.',
  );
}

function defect(message: string, value: unknown, fix: string): WeftError {
  return new WeftError('internal', message, { value, fix });
}
