import type { Message } from 'node-openflow';
import { ourMeters } from '../features/limit/meters.ts';
import { contentsOfHost } from './comparison.ts';
import type { Context } from './context.ts';
import { messageParcel } from './messages.ts';
import type { Session } from './session.ts';

/**
 * Removes the meters of fragments that went while nobody was connected: no flow leads to them any more, but they have no
 * cookie by which the comparison of flows would find them. Numbers beyond those that weft gives out are others'.
 * @throws Error when the switch does not answer
 */
export async function deleteStaleMeters(session: Session, { desired, limits }: Context): Promise<void> {
  const reply = await session.connection.request(
    { type: 'multipart-request', part: 'meter-desc' },
    { timeoutMs: limits.resyncMs },
  );
  if (reply.type !== 'multipart-reply' || reply.part !== 'meter-desc') return;
  const wanted = new Set<number>();
  for (const { fragments } of contentsOfHost(desired, session.host.hostId)) {
    for (const { before } of fragments.values()) for (const meter of metersIn(before)) wanted.add(meter);
  }
  for (const { meter } of reply.meters) {
    if (meter < ourMeters.first || meter > ourMeters.last || wanted.has(meter)) continue;
    session.writeWithoutBarrier(
      messageParcel({ type: 'meter-mod', command: 'delete', flags: [], meter, bands: [] }),
    );
  }
}

function* metersIn(messages: readonly Message[]): Generator<number> {
  for (const message of messages) {
    if (message.type === 'meter-mod' && message.command === 'add') yield message.meter;
  }
}
