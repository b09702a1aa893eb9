/** When tests against real servers are left out. */

import { hasOvsdbTools } from './run.ts';

/**
 * For the `skip` option of a test: the reason why real servers cannot be used, or `false`. Under continuous integration
 * nothing is left out: there, missing tools are a failure.
 */
export const skipWithoutServer: string | false =
  process.env.CI !== undefined || (await hasOvsdbTools()) ? false : 'ovsdb-server is not installed';
