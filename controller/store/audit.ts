/** Who asked for a write, and from where; the API knows it. */
export interface AuditOrigin {
  /** A key id, `host NAME` or `development`. */
  readonly principal: string;
  /** Where the request came from. */
  readonly address: string;
  readonly requestId: string;
  /** What was asked for: method and path, or an action of the AWS-compatible API. */
  readonly action: string;
}

/** One line of the audit log: what became of one resource, or why nothing was written. */
export interface AuditEntry extends AuditOrigin {
  /** ISO 8601. */
  readonly time: string;
  readonly account: string;
  readonly region: string;
  /** `done`, or the code of the error. */
  readonly outcome: string;
  /** What was written; of a refusal: what was to be changed or deleted, `id` absent when it was to be made. */
  readonly kind?: string;
  readonly id?: string;
  /** Revision of the commit; absent when nothing was written. */
  readonly revision?: number;
  /** Revision of the resource that was changed or deleted; absent when it was made. */
  readonly before?: number;
  /** Revision of what was made or changed, which is that of the commit; absent when it was deleted. */
  readonly after?: number;
  /** Why it was refused, in a sentence of at most 300 characters; absent when it was done. */
  readonly reason?: string;
}

export interface StoredAuditEntry extends AuditEntry {
  /** Counts entries; later ones are larger. */
  readonly sequence: number;
}

/** Only entries that agree with everything that is given. */
export interface AuditQuery {
  readonly account?: string | undefined;
  readonly principal?: string | undefined;
  readonly kind?: string | undefined;
  readonly id?: string | undefined;
  readonly outcome?: string | undefined;
  /** ISO 8601; from this time on. */
  readonly from?: string | undefined;
  /** ISO 8601; before this time. */
  readonly to?: string | undefined;
  /** Only entries with a smaller sequence: where the page before has ended. */
  readonly below?: number | undefined;
  readonly limit: number;
}

/** How long entries are kept; the first bound that is reached counts. */
export interface AuditRetention {
  readonly entries: number;
  readonly days: number;
}

export const defaultAuditRetention: AuditRetention = { entries: 1_000_000, days: 365 };

/** What was written, by whom. What a commit does is written in the same transaction: there is no write without its entry. */
export interface AuditLog {
  /** Adds an entry about something that was refused. It is durable with the next commit, or a moment later. */
  note(entry: AuditEntry): void;
  /** Newest first. */
  query(query: AuditQuery): Promise<StoredAuditEntry[]>;
}
