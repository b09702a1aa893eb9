import type { Frame } from '../../controller/reference/index.ts';
import type { KindName } from '../../controller/resources/index.ts';

/**
 * A scenario as data: edits and packets, one after the other. It can be kept as JSON, cut down to what matters, and run
 * again.
 *
 * Resources are called by names that the script gives them: `@web` is the id of what step `create … name: web` made,
 * `@vpc1.main` the main route table of a VPC, `@vpc1.default` its default group, `@group1.rules.0` the first rule that came
 * with a group. In frames, a MAC may be `@web` (an interface's, or that of an elastic IP), `@web.public` (of the interface
 * outside), or `@subnet1` (the router's).
 */
export type ScriptStep =
  | { readonly do: 'host'; readonly name: string; readonly number: number; readonly external?: boolean }
  | { readonly do: 'create'; readonly kind: KindName; readonly name: string; readonly spec: Spec }
  | { readonly do: 'update'; readonly kind: KindName; readonly name: string; readonly spec: Spec }
  | { readonly do: 'remove'; readonly kind: KindName; readonly name: string }
  | { readonly do: 'bind'; readonly interface: string; readonly host: string; readonly port: number }
  /** A packet came out of the port: the machine is there now. */
  | { readonly do: 'awake'; readonly interface: string; readonly host: string }
  | { readonly do: 'host-state'; readonly host: string; readonly state: 'up' | 'down' }
  | { readonly do: 'unbind'; readonly interface: string; readonly host: string }
  | SendStep;

/** A packet, from an interface or an external network. */
export interface SendStep {
  readonly do: 'send';
  readonly from: string;
  readonly frame: Frame;
}

export type Spec = Readonly<Record<string, unknown>>;
