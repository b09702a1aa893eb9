import type { ActionContext } from './context.ts';
import type { Actions } from './model/generated/types.ts';
import type { Refusals } from './translate.ts';

export type ActionName = keyof Actions;

export interface ActionDefinition<A extends ActionName = ActionName> {
  readonly action: A;
  /**
   * The parameters that the action takes, by the members of the service description; what stands below one is taken
   * with it. AWS's other parameters are refused.
   */
  readonly supports: readonly string[];
  /** Parameters of which only some values are taken: those that ask for what is so anyway. */
  readonly only?: Readonly<Record<string, readonly string[]>>;
  /** What the controller's refusals are called here, where it is not the usual. */
  readonly refusals?: Refusals;
  /** What a reader of the list of actions should know of it. */
  readonly note?: string;
  handle(
    context: ActionContext,
    input: Actions[A]['input'],
  ): Promise<Actions[A]['output']> | Actions[A]['output'];
}

/** An action of which the name is forgotten, for the registry. */
export interface AnyAction extends Omit<ActionDefinition, 'handle'> {
  handle(
    context: ActionContext,
    input: unknown,
  ): Promise<Record<string, unknown> | undefined> | Record<string, unknown> | undefined;
}

/** Defines one action: what it takes, and what it does with weft's resources. */
export function define<A extends ActionName>(definition: ActionDefinition<A>): AnyAction {
  return definition as unknown as AnyAction;
}
