import type { Action } from '../actions/types.ts';
import type { Match } from '../fields/match.ts';
import { vlanPresent } from '../fields/protocols.ts';

const transports = { 6: 'tcp', 17: 'udp', 132: 'sctp' } as const;

/**
 * What a flow knows about its packets when an action is reached: from the match, and from the actions before. Some words of
 * ovs-actions(7) mean different actions for different packets.
 */
export class PacketKnowledge {
  #hasVlan: boolean;
  readonly transport: 'tcp' | 'udp' | 'sctp' | undefined;

  private constructor(hasVlan: boolean, transport: PacketKnowledge['transport']) {
    this.#hasVlan = hasVlan;
    this.transport = transport;
  }

  /** What a match says about the packets. */
  static fromMatch(match: Match): PacketKnowledge {
    const hasVlan = match.some(
      ({ field, value, mask }) =>
        field === 'vlan_vid' && (Number(value) & vlanPresent & Number(mask ?? vlanPresent)) !== 0,
    );
    const protocol = match.find(({ field }) => field === 'ip_proto');
    const transport = protocol && transports[Number(protocol.value) as keyof typeof transports];
    return new PacketKnowledge(hasVlan, transport);
  }

  /** For actions inside an action, which change a copy of the packet. */
  copy(): PacketKnowledge {
    return new PacketKnowledge(this.#hasVlan, this.transport);
  }

  /** Whether the packet surely has a VLAN header. */
  get hasVlan(): boolean {
    return this.#hasVlan;
  }

  addVlan(): void {
    this.#hasVlan = true;
  }

  /** Takes note of an action that adds or removes a header. */
  follow(action: Action): void {
    if (action.type === 'push-vlan') this.#hasVlan = true;
    else if (action.type === 'pop-vlan') this.#hasVlan = false;
  }
}
