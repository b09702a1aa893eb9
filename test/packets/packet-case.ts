import assert from 'node:assert/strict';
import type { Arp, Frame, Ip, Outcome, TcpFlag } from '../../controller/reference/index.ts';
import type { KindName } from '../../controller/resources/index.ts';
import { Rig, type Sent } from '../property/rig.ts';
import type { ScriptStep, SendStep, Spec } from '../property/script.ts';
import { addresses, network } from './network.ts';

/** What a reader sees of a feature: edits, and packets with what becomes of them. */
export interface PacketCase {
  /** The folder in controller/features that the case is about. */
  readonly feature: string;
  readonly about: string;
  readonly steps: readonly (Exclude<ScriptStep, SendStep> | Expected)[];
}

/** A packet and its end, as {@link endOf} writes it. */
export interface Expected {
  readonly send: SendStep;
  readonly end: string;
}

export const make = (kind: KindName, name: string, spec: Spec) =>
  ({ do: 'create', kind, name, spec }) as const;
export const change = (kind: KindName, name: string, spec: Spec) =>
  ({ do: 'update', kind, name, spec }) as const;
export const remove = (kind: KindName, name: string) => ({ do: 'remove', kind, name }) as const;

/** Who sends, to whom: names of {@link addresses}, or addresses. */
export interface Ends {
  readonly from: string;
  readonly to: string;
  /** In place of the sender's own. */
  readonly source?: string;
  /** In place of the sender's own; `@web` is that of an interface. */
  readonly sourceMac?: string;
  /** In place of what a machine would use: its neighbour's MAC in its subnet, or its router's. */
  readonly destinationMac?: string;
  readonly timeToLive?: number;
  readonly totalLength?: number;
}

const addressOf = (name: string, six: boolean) => addresses[name]?.[six ? 'ipv6' : 'ipv4'] ?? name;

function macFor(from: string, to: string): string {
  if (from === 'outside') return addresses[to]?.publicMac ?? `@${to}`;
  const [here, there] = [addresses[from], addresses[to]];
  return here && there && here.subnet === there.subnet ? `@${to}` : `@${here?.subnet ?? from}`;
}

function ip(ends: Ends, payload: Ip['payload'], six: boolean): SendStep {
  const { from, to, timeToLive = 64, totalLength } = ends;
  const content: Ip = {
    protocol: six ? 'ipv6' : 'ipv4',
    source: ends.source ?? addressOf(from, six),
    destination: addressOf(to, six),
    timeToLive,
    ...(totalLength === undefined ? {} : { totalLength }),
    payload,
  };
  return frame(ends, content);
}

function frame({ from, to, sourceMac, destinationMac }: Ends, content: Frame['content']): SendStep {
  const source = sourceMac ?? (from === 'outside' ? '06:00:cb:00:71:01' : `@${from}`);
  return { do: 'send', from, frame: { source, destination: destinationMac ?? macFor(from, to), content } };
}

export interface Ports {
  readonly source?: number;
  readonly flags?: readonly TcpFlag[];
  readonly six?: boolean;
}

/** A segment that opens a connection, or with flags one of a connection. */
export const tcp = (
  ends: Ends,
  port: number,
  { source = 40_000, flags = ['syn'], six = false }: Ports = {},
) => ip(ends, { protocol: 'tcp', sourcePort: source, destinationPort: port, flags }, six);
export const udp = (ends: Ends, port: number, { source = 40_000, six = false }: Ports = {}) =>
  ip(ends, { protocol: 'udp', sourcePort: source, destinationPort: port }, six);
/** An echo request, or its answer. */
export const ping = (ends: Ends, { six = false, answer = false } = {}) =>
  ip(
    ends,
    six
      ? { protocol: 'icmpv6', type: answer ? 129 : 128, code: 0, identifier: 7 }
      : { protocol: 'icmp', type: answer ? 0 : 8, code: 0, identifier: 7 },
    six,
  );
export const protocol = (ends: Ends, number: number) => ip(ends, { protocol: number }, false);
/** Who has `target`? */
export function arp(from: string, target: string, sender = addressOf(from, false)): SendStep {
  const content: Arp = {
    protocol: 'arp',
    operation: 'request',
    senderMac: `@${from}`,
    senderAddress: sender,
    targetMac: '00:00:00:00:00:00',
    targetAddress: addressOf(target, false),
  };
  return frame({ from, to: target, destinationMac: 'ff:ff:ff:ff:ff:ff' }, content);
}

export const expect = (send: SendStep, end: string): Expected => ({ send, end });

/** `web from 10.0.1.10`, `outside from 203.0.113.10`, `answered: arp`, `dropped: egress-rules`. */
export function endOf(outcome: Outcome, nameOf: (id: string) => string): string {
  const sourceOf = ({ content }: Pick<Frame, 'content'>) => ('destination' in content ? content.source : '?');
  switch (outcome.type) {
    case 'delivered':
      return `${nameOf(outcome.interfaceId)} from ${sourceOf(outcome.frame)}`;
    case 'sent-outside':
      return `outside from ${sourceOf(outcome.frame)}`;
    case 'answered':
      return `answered: ${outcome.by}`;
    case 'announced':
      return `announced: ${outcome.address}`;
    case 'dropped':
      return `dropped: ${outcome.reason}`;
  }
}

/**
 * Runs a case on a network of its own. Model and simulated switches agree on each packet, or the rig throws.
 * @param onSent told of every packet, before the next step
 */
export async function runCase(
  { steps }: PacketCase,
  onSent?: (sent: Sent, rig: Rig) => Promise<void>,
): Promise<void> {
  // That an edit leaves what a full compile would is for the property test.
  await using rig = await Rig.create({ incrementalEvery: 0 });
  for (const step of network) assert.equal((await rig.run(step)).type, 'edited', JSON.stringify(step));
  for (const step of steps) {
    if ('do' in step) {
      assert.equal((await rig.run(step)).type, 'edited', `refused: ${JSON.stringify(step)}`);
      continue;
    }
    const result = await rig.run(step.send);
    const text = JSON.stringify(step.send);
    assert.ok(result.type === 'sent', `not sent: ${text}`);
    assert.equal(
      endOf(result.evaluation.outcome, (id) => rig.names.nameOf(id)),
      step.end,
      text,
    );
    await onSent?.(result, rig);
  }
}
