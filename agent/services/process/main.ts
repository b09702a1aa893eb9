/**
 * The process of the services, in a network namespace of its own: DNS and metadata for the instances of one host. It ends
 * when the agent does.
 */

import { reasonOf } from '../../errors.ts';
import { RateLimitedLog } from '../../responder/rate-limited-log.ts';
import { ipv6ServiceAddresses, serviceAddresses } from '../addresses.ts';
import type { FromProcess, ToProcess } from '../messages.ts';
import { hasIpv6 } from '../port.ts';
import { DnsServer } from './dns.ts';
import { MetadataServer } from './metadata.ts';
import { Records } from './records.ts';
import { Tokens } from './tokens.ts';

/** Questions for servers outside under way; the agent answers each, at the latest when its time is over. */
const forwarded = new Map<number, (answer: Buffer | undefined) => void>();
const mostForwarded = 1024;
let lastForwarded = 0;

function tellAgent(message: FromProcess): void {
  if (process.connected) process.send?.(message);
}

const log = new RateLimitedLog({
  warn: (details, text) => tellAgent({ type: 'warning', details, text }),
});

function forward(message: Buffer, tcp: boolean): Promise<Buffer | undefined> {
  if (forwarded.size >= mostForwarded) return Promise.resolve(undefined);
  const { promise, resolve } = Promise.withResolvers<Buffer | undefined>();
  const id = ++lastForwarded;
  forwarded.set(id, resolve);
  tellAgent({ type: 'forward', id, message: message.toString('base64'), tcp });
  return promise;
}

async function listen(managementSocket: string): Promise<void> {
  const records = new Records(managementSocket, (error) =>
    log.warn('records', { reason: reasonOf(error) }, 'cannot ask the switch who asks for DNS or metadata'),
  );
  const { vpcDns, dns, metadata } = serviceAddresses;
  const ipv6 = hasIpv6() ? ipv6ServiceAddresses : undefined;
  await new DnsServer(records, forward).listen([vpcDns, dns, ...(ipv6 ? [ipv6.dns] : [])]);
  await new MetadataServer(records, new Tokens()).listen([metadata, ...(ipv6 ? [ipv6.metadata] : [])]);
  tellAgent({ type: 'listening' });
}

process.on('message', (message: ToProcess) => {
  if (message.type === 'listen') void listen(message.managementSocket);
  else {
    forwarded.get(message.id)?.(
      message.message === undefined ? undefined : Buffer.from(message.message, 'base64'),
    );
    forwarded.delete(message.id);
  }
});
process.on('disconnect', () => process.exit(0));
// The terminal's Ctrl-C is for the agent, which ends this process in its turn.
process.on('SIGINT', () => undefined);
