/** What somebody who calls the API may do; `controller/features/access` says it for each kind. */
export const roles = ['admin', 'operator', 'member', 'read-only', 'agent'] as const;
export type Role = (typeof roles)[number];
