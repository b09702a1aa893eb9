import type { Controller } from '@weft/controller';
import { everywhere, WeftError } from '@weft/controller/resources';
import type { Principal } from './principal.ts';

/**
 * The principal with the account and the region that a request names beside its credentials. Admins and operators may
 * name any account, and `*` for all; others have their own. A region may be named by everybody.
 * @param regions that there are; absent: any
 * @throws WeftError not-found for an account that does not exist for the caller, invalid-value
 */
export function withScope(
  principal: Principal,
  wanted: { readonly account?: string | undefined; readonly region?: string | undefined },
  controller: Pick<Controller, 'read'>,
  regions?: readonly string[],
): Principal {
  // An agent reports for every account that has something on its host.
  if (principal.role === 'agent') return principal;
  const { account = principal.account, region = principal.region } = wanted;
  if (region !== everywhere && !/^[a-z0-9][a-z0-9-]{0,39}$/.test(region)) {
    throw new WeftError('invalid-value', 'this is no name of a region', {
      field: 'weft-region',
      value: region,
      fix: 'Give a name such as us-east-1, or * to read those of all regions.',
    });
  }
  if (regions && region !== everywhere && !regions.includes(region)) {
    throw new WeftError('invalid-value', `there is no region ${region}`, {
      field: 'weft-region',
      value: region,
      fix: `Use one of ${regions.join(', ')}.`,
    });
  }
  if (account !== principal.account) requireAccount(principal, account, controller);
  return { ...principal, account, region };
}

function requireAccount(principal: Principal, account: string, controller: Pick<Controller, 'read'>): void {
  const seesOthers = principal.role === 'admin' || principal.role === 'operator';
  if (seesOthers && account === everywhere) return;
  if (seesOthers) controller.read('account', account, principal);
  else {
    throw new WeftError('not-found', `there is no account ${account}`, {
      field: 'weft-account',
      value: account,
      fix: 'Leave it out: the access key says which account it is.',
    });
  }
}
