import { ethertype } from '../fields/protocols.ts';
import type { ConntrackKey } from './conntrack-key.ts';
import type { NatSide } from './conntrack-nat.ts';
import { openConnection, type ProtocolState } from './conntrack-states.ts';
import type { ConntrackEntry, ConntrackTuple } from './types.ts';

function tupleOf({ source, destination, ethertype: type }: ConntrackKey): ConntrackTuple {
  const value = (address: bigint) => (type === ethertype.ipv6 ? address : Number(address));
  return {
    source: value(source.address),
    destination: value(destination.address),
    sourcePort: source.port,
    destinationPort: destination.port,
  };
}

/** A connection that was committed. */
export class Connection {
  readonly key: ConntrackKey;
  /** Key of the replies, as they arrive. */
  readonly replyKey: ConntrackKey;
  readonly nat: NatSide | undefined;
  /** Committed with `nat`, even with one that changes nothing. */
  readonly translates: boolean;
  readonly state: ProtocolState;
  mark = 0n;
  label = 0n;
  expires: number;

  constructor(
    key: ConntrackKey,
    replyKey: ConntrackKey,
    { nat, translates }: { nat: NatSide | undefined; translates: boolean },
    now: number,
  ) {
    this.key = key;
    this.replyKey = replyKey;
    this.nat = nat;
    this.translates = translates;
    this.state = openConnection(key);
    this.expires = now + this.state.timeout;
  }

  describe(): ConntrackEntry {
    const { key, replyKey, state } = this;
    return {
      zone: key.zone,
      ethertype: key.ethertype,
      protocol: key.protocol,
      original: tupleOf(key),
      reply: tupleOf(replyKey),
      mark: Number(this.mark),
      label: this.label,
      replied: state.replied,
      ...(state.tcp ? { tcp: state.tcp } : {}),
      expires: this.expires,
    };
  }
}
