import type { OpenFlowConnection } from 'node-openflow';

/**
 * Ends a connection at once. What is queued is lost: a peer that reads nothing, or never closes its side, would keep
 * it, and the socket, for ever.
 */
export function hangUp(connection: OpenFlowConnection): void {
  connection.close();
  connection.socket.destroy();
}
