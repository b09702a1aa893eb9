import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';

/**
 * Where the switch of a registering host connects to. A controller that listens on every address cannot know by which
 * one a host reaches it, but the host has just shown one that works: the address that its request came to. Open
 * vSwitch takes addresses and no names here, so that a name in `Host` gives way to the address of the connection.
 *
 * @param configured `tcp:HOST:PORT` or `ssl:HOST:PORT`, IPv6 in brackets
 */
export function openflowTargetsFor(configured: string, request: FastifyRequest): string[] {
  const [, protocol, host = '', port] = /^(\w+):(.*):(\d+)$/.exec(configured) ?? [];
  if (host !== '0.0.0.0' && host !== '[::]' && host !== '::') return [configured];
  return [`${protocol}:${bracketed(reachedAddress(request))}:${port}`];
}

function reachedAddress(request: FastifyRequest): string {
  const named = request.hostname.replace(/^\[|\]$/g, '');
  if (isIP(named)) return named;
  // A socket for both families shows IPv4 peers as ::ffff:192.0.2.1 (RFC 4291, section 2.5.5.2).
  return (request.socket.localAddress ?? named).replace(/^::ffff:/, '');
}

const bracketed = (address: string) => (isIP(address) === 6 ? `[${address}]` : address);
