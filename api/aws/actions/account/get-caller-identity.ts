import { define } from '../../define.ts';
import { partitionOf } from '../../regions.ts';

/** STS: whose the key is. */
export const getCallerIdentity = define({
  action: 'GetCallerIdentity',
  supports: [],
  handle({ account, region, principal }) {
    const path = principal.name === 'root' ? 'root' : `user/${principal.name}`;
    return {
      UserId: principal.name === 'root' ? account : principal.accessKeyId,
      Account: account,
      Arn: `arn:${partitionOf(region)}:iam::${account}:${path}`,
    };
  },
});
