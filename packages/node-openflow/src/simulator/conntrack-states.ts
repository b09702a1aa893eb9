import { ethertype } from '../fields/protocols.ts';
import { type ConntrackKey, isIcmpRequest } from './conntrack-key.ts';
import { protocol, tcpFlag } from './protocols.ts';

/*
 * The states of a connection by protocol, as in the userspace connection tracker of Open vSwitch 3.1. Sequence numbers of
 * TCP, which packets made of fields do not have, are not checked (in Open vSwitch: dpctl/ct-disable-tcp-seq-chk).
 */

/** Seconds after which a connection in such a state is forgotten. */
const timeouts = {
  tcpFirst: 30,
  tcpOpening: 30,
  tcpEstablished: 86_400,
  tcpClosing: 900,
  tcpFinWait: 45,
  tcpClosed: 30,
  otherFirst: 60,
  otherMultiple: 60,
  otherBoth: 30,
  icmpFirst: 60,
  icmpReply: 30,
} as const;

/** What a packet means for a known connection. `restart`: it opens a new one in its place. */
export type Update = 'established' | 'new' | 'invalid' | 'restart';

/** States of one side of a TCP connection, in the order in which they follow each other. */
const tcpStates = ['closed', 'syn-sent', 'established', 'closing', 'fin-wait-2', 'time-wait'] as const;
type TcpState = (typeof tcpStates)[number];

/** State of a connection in the terms of its protocol. Returned updates also set how long it lasts from now on. */
export interface ProtocolState {
  readonly timeout: number;
  readonly replied: boolean;
  readonly tcp?: readonly [original: string, reply: string];
  update(reply: boolean, tcpFlags: number): Update;
}

function atLeast(state: TcpState, limit: TcpState): boolean {
  return tcpStates.indexOf(state) >= tcpStates.indexOf(limit);
}

function hasInvalidFlags(flags: number): boolean {
  if (flags & tcpFlag.syn) {
    if (flags & (tcpFlag.rst | tcpFlag.fin)) return true;
  } else if (!(flags & (tcpFlag.ack | tcpFlag.rst))) return true;
  return !(flags & tcpFlag.ack) && (flags & (tcpFlag.fin | tcpFlag.psh | tcpFlag.urg)) !== 0;
}

class TcpConnection implements ProtocolState {
  timeout: number = timeouts.tcpFirst;
  replied = false;
  #original: TcpState = 'syn-sent';
  #reply: TcpState = 'closed';

  get tcp(): readonly [string, string] {
    return [this.#original, this.#reply];
  }

  update(reply: boolean, flags: number): Update {
    if (hasInvalidFlags(flags)) return 'invalid';
    this.replied ||= reply;
    let source = reply ? this.#reply : this.#original;
    let destination = reply ? this.#original : this.#reply;
    if ((flags & (tcpFlag.syn | tcpFlag.ack)) === tcpFlag.syn) {
      if (atLeast(source, 'fin-wait-2') && atLeast(destination, 'fin-wait-2')) return 'restart';
      if (!atLeast(source, 'established')) {
        this.#set(reply, 'syn-sent', destination);
        this.timeout = timeouts.tcpFirst;
        return 'new';
      }
    }
    if (!atLeast(source, 'syn-sent')) source = 'syn-sent';
    if (flags & tcpFlag.fin && !atLeast(source, 'closing')) source = 'closing';
    if (flags & tcpFlag.ack) {
      if (destination === 'syn-sent') destination = 'established';
      else if (destination === 'closing') destination = 'fin-wait-2';
    }
    if (flags & tcpFlag.rst) {
      source = 'time-wait';
      destination = 'time-wait';
    }
    this.#set(reply, source, destination);
    this.timeout = tcpTimeout(source, destination);
    return 'established';
  }

  #set(reply: boolean, source: TcpState, destination: TcpState): void {
    this.#original = reply ? destination : source;
    this.#reply = reply ? source : destination;
  }
}

function tcpTimeout(a: TcpState, b: TcpState): number {
  const both = (state: TcpState) => atLeast(a, state) && atLeast(b, state);
  if (both('fin-wait-2')) return timeouts.tcpClosed;
  if (both('closing')) return timeouts.tcpFinWait;
  if (!both('established')) return timeouts.tcpOpening;
  if (atLeast(a, 'closing') || atLeast(b, 'closing')) return timeouts.tcpClosing;
  return timeouts.tcpEstablished;
}

class IcmpConnection implements ProtocolState {
  timeout: number = timeouts.icmpFirst;
  replied = false;

  update(reply: boolean): Update {
    this.replied ||= reply;
    this.timeout = this.replied ? timeouts.icmpReply : timeouts.icmpFirst;
    return this.replied ? 'established' : 'new';
  }
}

/** UDP, and every protocol that has no states of its own. */
class OtherConnection implements ProtocolState {
  timeout: number = timeouts.otherFirst;
  replied = false;

  update(reply: boolean): Update {
    this.replied ||= reply;
    this.timeout = this.replied ? timeouts.otherBoth : timeouts.otherMultiple;
    return this.replied ? 'established' : 'new';
  }
}

function isIcmp({ ethertype: type, protocol: number }: ConntrackKey): boolean {
  return number === (type === ethertype.ipv6 ? protocol.icmpv6 : protocol.icmp);
}

/** Whether a packet with this key may open a connection. */
export function mayOpen(key: ConntrackKey, tcpFlags: number): boolean {
  if (key.protocol === protocol.tcp) {
    const answer = tcpFlag.syn | tcpFlag.ack;
    return !hasInvalidFlags(tcpFlags) && (tcpFlags & answer) !== answer;
  }
  return !isIcmp(key) || isIcmpRequest(key.ethertype === ethertype.ipv6, key.source.icmpType);
}

export function openConnection(key: ConntrackKey): ProtocolState {
  if (key.protocol === protocol.tcp) return new TcpConnection();
  return isIcmp(key) ? new IcmpConnection() : new OtherConnection();
}
