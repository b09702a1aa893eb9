import { define } from '../../define.ts';
import { partitionOf } from '../../regions.ts';

/** STS: whose the key is. */
export const getCallerIdentity = define({
  action: 'GetCallerIdentity',
  supports: [],
  handle({ account, region, principal }) {
    // Whoever may do everything with an account is what AWS calls its root user.
    const isRoot = principal.role === 'admin';
    const path = isRoot ? 'root' : `user/${principal.name}`;
    return {
      UserId: isRoot ? account : principal.accessKeyId,
      Account: account,
      Arn: `arn:${partitionOf(region)}:iam::${account}:${path}`,
    };
  },
});
