import type { AnyAction } from './define.ts';
import { AwsError } from './errors.ts';
import type { Given } from './protocol/input.ts';

/** Every action takes these, whatever it says of its own; see `idempotencyKeyOf` for the token. */
const always = ['DryRun', 'ClientToken'];

/**
 * Nothing is taken silently: a parameter that AWS has and the action does not know is refused by its name.
 * @throws AwsError UnsupportedOperation
 */
export function requireSupported({ action, supports, only = {} }: AnyAction, given: readonly Given[]): void {
  for (const { path, wireName, text } of given) {
    const values = only[path];
    if (values?.includes(text)) continue;
    if (values) {
      throw new AwsError(
        'UnsupportedOperation',
        `${action} takes ${wireName} only as ${values.join(' or ')} here, not as ${text.slice(0, 100)}`,
      );
    }
    if ([...always, ...supports].some((name) => path === name || path.startsWith(`${name}.`))) continue;
    throw new AwsError('UnsupportedOperation', `${action} does not support the parameter ${wireName} here`);
  }
}
