/** Endpoints in Open vSwitch's notation, and how to open them. */

import { connect as connectSocket, isIPv6, type Socket } from 'node:net';
import { isAbsolute, resolve } from 'node:path';
import {
  type ConnectionOptions,
  connect as connectTls,
  createSecureContext,
  type SecureContextOptions,
} from 'node:tls';
import { OvsdbError } from '../errors.ts';

/** The part of the options of `tls.connect` that makes sense here; certificates are PEM text. */
export type TlsOptions = Pick<
  ConnectionOptions,
  | 'ca'
  | 'cert'
  | 'key'
  | 'passphrase'
  | 'servername'
  | 'rejectUnauthorized'
  | 'checkServerIdentity'
  | 'minVersion'
>;

export type Endpoint =
  | { readonly kind: 'unix'; readonly text: string; readonly path: string }
  | { readonly kind: 'tcp' | 'ssl'; readonly text: string; readonly host: string; readonly port: number };

/** Where Open vSwitch's servers listen when no port is given. */
const defaultPort = 6640;

/**
 * Parses `unix:/absolute/path`, `tcp:host[:port]` or `ssl:host[:port]`; IPv6 addresses stand in brackets.
 *
 * @throws OvsdbError OVSDB_BAD_ENDPOINT
 */
export function parseEndpoint(text: string): Endpoint {
  const [, kind, rest = ''] = /^([a-z]+):(.*)$/s.exec(text) ?? [];
  switch (kind) {
    case 'unix':
      if (!isAbsolute(rest)) {
        throw bad(text, `a socket path must be absolute; did you mean unix:${resolve(rest)}?`);
      }
      return { kind, text, path: rest };
    case 'tcp':
    case 'ssl':
      return { kind, text, ...parseHostAndPort(text, rest) };
    default:
      throw bad(text, 'use unix:/absolute/path, tcp:host:port or ssl:host:port');
  }
}

function parseHostAndPort(text: string, rest: string): { host: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(rest);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3] ?? defaultPort);
  if (host === undefined) {
    throw bad(text, 'write host:port, and an IPv6 address in brackets');
  }
  if (match?.[1] !== undefined && !isIPv6(match[1].replace(/%.*$/s, ''))) {
    throw bad(text, `${match[1]} is no IPv6 address`);
  }
  if (port < 1 || port > 65535) {
    throw bad(text, 'a port is between 1 and 65535');
  }
  return { host, port };
}

/**
 * Makes sure that the certificates can be used before anything is connected: trying again would not make them better.
 *
 * @throws OvsdbError OVSDB_BAD_OPTION
 */
export function checkTls(endpoints: readonly Endpoint[], tls: TlsOptions | undefined): void {
  if (tls === undefined || !endpoints.some(({ kind }) => kind === 'ssl')) {
    return;
  }
  try {
    createSecureContext(tls as SecureContextOptions);
  } catch (cause) {
    throw new OvsdbError('OVSDB_BAD_OPTION', `tls: ${(cause as Error).message}; use PEM text`, { cause });
  }
}

/** Begins to connect. The stream can be written to at once; what is written waits until the connection stands. */
export function openEndpoint(endpoint: Endpoint, tls: TlsOptions | undefined): Socket {
  if (endpoint.kind === 'unix') {
    return connectSocket({ path: endpoint.path });
  }
  const { host, port } = endpoint;
  const socket = endpoint.kind === 'tcp' ? connectSocket({ host, port }) : connectTls({ ...tls, host, port });
  // Requests are small and answered one by one: waiting to fill packets would only add latency.
  return socket.setNoDelay(true);
}

function bad(text: string, advice: string): OvsdbError {
  return new OvsdbError('OVSDB_BAD_ENDPOINT', `${JSON.stringify(text)}: ${advice}`);
}
