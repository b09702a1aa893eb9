import { kindNames, WeftError } from '@weft/controller/resources';
import { type ApiKind, isApiKind } from '../contract/index.ts';
import { nearest } from './nearest.ts';

/** The kinds that have routes, from the registry. */
export const exposedKinds: readonly ApiKind[] = kindNames.filter(isApiKind);

/** A kind that a caller names. @throws WeftError invalid-value */
export function checkedKind(name: string): ApiKind {
  if (isApiKind(name)) return name;
  const guess = nearest(name, exposedKinds);
  throw new WeftError('invalid-value', `there is no kind ${name}`, {
    field: 'kind',
    value: name,
    fix: `${guess ? `Did you mean ${guess}? ` : ''}Kinds: ${exposedKinds.join(', ')}.`,
  });
}
