import { insideEdits } from './inside.ts';
import { operatingEdits } from './operating.ts';
import { routingEdits } from './routing.ts';

/** Everything that callers, agents and operators do, each chosen by three numbers. */
export const edits = { ...insideEdits, ...routingEdits, ...operatingEdits } as const;

export type EditName = keyof typeof edits;
