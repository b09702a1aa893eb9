import type { Action, FieldMatch } from 'node-openflow';
import { on, set } from '../../pipeline/index.ts';
import type { ResourceOf } from '../../resources/index.ts';

type Network = ResourceOf<'external-network'>;

/** `vlan_vid` with this bit: the frame has a tag (OpenFlow 1.5.1, section 7.2.3.8). */
export const tagPresent = 0x1000;
/** IEEE 802.1Q. */
const tagType = 0x8100;

/** On the way out: the tag of the network's VLAN, if it is one. */
export function pushTag({ spec: { vlan } }: Network): Action[] {
  if (vlan === undefined) return [];
  return [{ type: 'push-vlan', ethertype: tagType }, set('vlan_vid', tagPresent | vlan)];
}

/** On the way in: only frames of the network's VLAN, which go on without their tag. */
export function tagMatch({ spec: { vlan } }: Network): FieldMatch[] {
  return vlan === undefined ? [] : [on('vlan_vid', tagPresent | vlan)];
}
export function popTag({ spec: { vlan } }: Network): Action[] {
  return vlan === undefined ? [] : [{ type: 'pop-vlan' }];
}
