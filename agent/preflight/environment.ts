import { statSync } from 'node:fs';
import { ApiError, type WeftClient } from '@weft/api/contract';
import { explain } from '../controller/link.ts';
import { AgentError } from '../errors.ts';
import type { CheckedOptions } from './options.ts';

/** The socket of ovsdb-server is there. @throws AgentError `ovsdb-unreachable` */
export function checkSocket({ ovsdb, ovsdbSocket }: CheckedOptions): void {
  const stat = statSync(ovsdbSocket, { throwIfNoEntry: false });
  if (stat?.isSocket()) return;
  const problem = stat ? 'is not a socket' : 'does not exist';
  throw new AgentError('ovsdb-unreachable', `the socket of ovsdb-server, ${ovsdbSocket}, ${problem}`, {
    value: ovsdb,
    fix: 'Start Open vSwitch (systemctl start openvswitch-switch), or give the right socket with --ovsdb.',
  });
}

/** The controller answers: asked before anything on the host is changed. @throws AgentError `controller-unreachable` */
export async function checkReachable(client: WeftClient): Promise<void> {
  try {
    await client.health();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // Any answer at all will do: what it means is found out by the registration.
    if (error.status === 0) throw explain(error, client.url);
  }
}
