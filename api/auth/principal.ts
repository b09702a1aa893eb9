import type { Caller } from '@weft/controller';
import type { Role } from '@weft/controller/resources';

/** Somebody who has proved who they are: what the controller takes as `Caller`, and what the audit log tells. */
export interface Principal extends Caller {
  /** The account that calls are made for: the key's own, unless an admin or operator has named another. */
  readonly account: string;
  /** Of the credential's scope (Signature V4), or as configured. */
  readonly region: string;
  readonly role: Role;
  /** Absent for anonymous callers in development mode and for agents with a certificate. */
  readonly accessKeyId?: string;
  /** The host whose agent this is; present exactly with the role `agent`. */
  readonly hostId?: string;
  /** Stands in the audit log: a key id, `host NAME`, or `development`. */
  readonly name: string;
}
