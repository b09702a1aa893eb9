import type { TSchema } from 'typebox';
import type { KindName, Reference } from '../resource.ts';

/** Everything that is known of a kind of resource: from this, API routes, graph edges and documents are derived. */
export interface KindDefinition<Spec = unknown, Status = unknown> {
  readonly name: KindName;
  /** Id prefix (`vpc` in `vpc-0123…`); absent where ids are names or internal. */
  readonly prefix?: string;
  /** Path segment of the REST API (`/v1/vpcs`); absent for internal kinds. */
  readonly path?: string;
  /** True when flows name it by a number that the store allocates. */
  readonly numbered: boolean;
  /** True when it belongs to the operator and not to an account. */
  readonly operatorOwned?: boolean;
  /** For whom it exists; absent: for everybody whose account it belongs to, or for everybody. */
  readonly seenBy?: 'operators' | 'admins' | 'nobody';
  /** Who may write what is the operator's; absent: operators. What belongs to accounts is written by their members. */
  readonly writtenBy?: 'admins';
  /** How many of it an account may have in a region, unless the account says otherwise. Absent: 5,000. */
  readonly quota?: number;
  readonly description: string;
  readonly spec: TSchema;
  /** Observed state, where there is any beyond liveness. */
  readonly status?: TSchema;
  /** What `POST` takes as `spec`; absent where the API cannot create it. */
  readonly create?: TSchema;
  /** What `PATCH` takes as `spec`; absent where it cannot be changed. */
  readonly update?: TSchema;
  /** False where only the controller itself removes it. */
  readonly removable?: false;
  /** Accounts that see and use a resource beside its owner; absent: none. */
  readonly sharedWith?: (spec: Spec) => readonly string[];
  /** The graph edges of one resource. Targets may be missing for a moment while events are replayed. */
  readonly references: (spec: Spec, status: Status) => readonly Reference[];
}

/** Types the references function by its spec and forgets the type again for the registry. */
export function defineKind<Spec, Status>(definition: KindDefinition<Spec, Status>): KindDefinition {
  return definition as unknown as KindDefinition;
}
