import { ipv4, mac } from '../fields/addresses.ts';
import type { FieldName } from '../fields/names.ts';
import { vlanPresent } from '../fields/protocols.ts';
import { badText, parseInteger } from '../text/syntax.ts';
import type { TextForm } from './codec.ts';
import type { SetFieldAction } from './types.ts';

/*
 * Words of OpenFlow 1.0 and 1.1 that ovs-ofctl still reads. Since OpenFlow 1.2 they travel as set-field.
 */

type Parse = (argument: string) => SetFieldAction['value'];

function setter(word: string, field: FieldName, parse: Parse): TextForm {
  return { words: [word], parse: (argument) => ({ type: 'set-field', field, value: parse(argument) }) };
}

function number(bits: number, word: string): Parse {
  return (argument) => parseInteger(argument, bits, word);
}

const dscp: Parse = (argument) => {
  const tos = parseInteger(argument, 8, 'mod_nw_tos');
  if ((tos & 3) !== 0) badText(`mod_nw_tos:${argument}: the lowest two bits belong to mod_nw_ecn`);
  return tos >> 2;
};

/** `set_vlan_…` needs a VLAN header; `mod_vlan_…` adds one when there is none. */
function vlan(field: 'vlan_vid' | 'vlan_pcp', bits: number, present: number): TextForm[] {
  const short = field.slice('vlan_'.length);
  const value = (argument: string, word: string) => parseInteger(argument, bits, word) | present;
  return [
    {
      words: [`set_vlan_${short}`],
      parse(argument, { packet }, word) {
        if (packet && !packet.hasVlan) badText(`${word} needs a match on a VLAN, or push_vlan before it`);
        return { type: 'set-field', field, value: value(argument, word) };
      },
    },
    {
      words: [`mod_vlan_${short}`],
      parse(argument, { packet }, word) {
        const set: SetFieldAction = { type: 'set-field', field, value: value(argument, word) };
        if (packet?.hasVlan) return set;
        packet?.addVlan();
        return [{ type: 'push-vlan', ethertype: 0x8100 }, set];
      },
    },
  ];
}

function transportPort(word: string, side: 'src' | 'dst'): TextForm {
  return {
    words: [word],
    parse(argument, { packet }) {
      const protocol = packet?.transport ?? badText(`${word} needs a match on tcp, udp or sctp`);
      return { type: 'set-field', field: `${protocol}_${side}`, value: parseInteger(argument, 16, word) };
    },
  };
}

export const oldWords: readonly TextForm[] = [
  setter('mod_dl_src', 'eth_src', mac.parse),
  setter('mod_dl_dst', 'eth_dst', mac.parse),
  setter('mod_nw_src', 'ipv4_src', ipv4.parse),
  setter('mod_nw_dst', 'ipv4_dst', ipv4.parse),
  setter('mod_nw_tos', 'ip_dscp', dscp),
  setter('mod_nw_ecn', 'ip_ecn', number(2, 'mod_nw_ecn')),
  setter('set_mpls_label', 'mpls_label', number(20, 'set_mpls_label')),
  setter('set_mpls_tc', 'mpls_tc', number(3, 'set_mpls_tc')),
  ...vlan('vlan_vid', 12, vlanPresent),
  ...vlan('vlan_pcp', 3, 0),
  transportPort('mod_tp_src', 'src'),
  transportPort('mod_tp_dst', 'dst'),
];
