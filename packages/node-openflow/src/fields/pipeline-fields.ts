import {
  type FieldDefinition,
  field,
  nicira,
  nsh,
  nxm0,
  nxm1,
  onf,
  oxm,
  packetRegister,
} from './definition.ts';
import type { FieldName } from './names.ts';

/** Fields about the way of a packet that Open vSwitch writes before the packet's own fields. */
export const pipelineFields: readonly FieldDefinition[] = [
  field('packet_type', 32, 'packet-type', [oxm(44, 'PACKET_TYPE', 6)], { maskable: false }),
  field('dp_hash', 32, 'hexadecimal', [nxm1(35, 'DP_HASH'), nicira(0, 'DP_HASH')]),
  field('recirc_id', 32, 'decimal', [nxm1(36, 'RECIRC_ID')], { maskable: false }),
  field('conj_id', 32, 'decimal', [nxm1(37, 'CONJ_ID')], { maskable: false }),
  field('in_port', 32, 'port', [oxm(0, 'IN_PORT')], {
    maskable: false,
    aliases: ['in_port_oxm', 'NXM_OF_IN_PORT'],
  }),
  field('actset_output', 32, 'port', [onf(43, 'ACTSET_OUTPUT'), oxm(43, 'ACTSET_OUTPUT', 6)], {
    maskable: false,
  }),
];

/**
 * In actions, `in_port` is the 16-bit field of OpenFlow 1.0: the standard one cannot be set. The standard one has the
 * name `in_port_oxm` there.
 */
export const actionInPort: readonly FieldDefinition[] = [
  field('in_port', 16, 'port16', [nxm0(0, 'IN_PORT')], { maskable: false }),
  field('in_port_oxm', 32, 'port', [oxm(0, 'IN_PORT')], { maskable: false }),
];

function numbered(count: number, make: (index: number) => FieldDefinition): FieldDefinition[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** Registers: sixteen of 32 bits, which two by two and four by four are also eight of 64 and four of 128 bits. */
export const registerFields: readonly FieldDefinition[] = [
  ...numbered(16, (i) => field(`reg${i}` as FieldName, 32, 'hexadecimal', [nxm1(i, `REG${i}`)])),
  ...numbered(8, (i) => field(`xreg${i}` as FieldName, 64, 'hexadecimal', [packetRegister(i)])),
  ...numbered(4, (i) => field(`xxreg${i}` as FieldName, 128, 'hexadecimal', [nxm1(111 + i, `XXREG${i}`)])),
];

/** Geneve options that a TLV table maps to `tun_metadata0` … `tun_metadata63`: up to 124 bytes each. */
const tunnelOptions = numbered(64, (i) =>
  field(`tun_metadata${i}` as FieldName, 992, 'hexadecimal', [nxm1(40 + i, `TUN_METADATA${i}`)], {
    bytes: 0,
  }),
);

/** Fields of the tunnel that a packet came through or will leave by. */
export const tunnelFields: readonly FieldDefinition[] = [
  field('tunnel_id', 64, 'hexadecimal', [nxm1(16, 'TUN_ID'), oxm(38, 'TUNNEL_ID')], {
    textName: 'tun_id',
    aliases: ['tun_id'],
  }),
  field('tun_flags', 1, 'tunnel-flags', [nxm1(104, 'TUN_FLAGS')], { bytes: 2, allOnes: 0xffffn }),
  field('tun_ipv4_src', 32, 'ipv4', [nxm1(31, 'TUN_IPV4_SRC')], {
    textName: 'tun_src',
    aliases: ['tun_src'],
  }),
  field('tun_ipv4_dst', 32, 'ipv4', [nxm1(32, 'TUN_IPV4_DST')], {
    textName: 'tun_dst',
    aliases: ['tun_dst'],
  }),
  field('tun_ipv6_src', 128, 'ipv6', [nxm1(109, 'TUN_IPV6_SRC')]),
  field('tun_ipv6_dst', 128, 'ipv6', [nxm1(110, 'TUN_IPV6_DST')]),
  field('tun_gbp_id', 16, 'decimal', [nxm1(38, 'TUN_GBP_ID')]),
  field('tun_gbp_flags', 8, 'hexadecimal', [nxm1(39, 'TUN_GBP_FLAGS')]),
  ...tunnelOptions,
  field('tun_erspan_idx', 20, 'hexadecimal', [nicira(11, 'ERSPAN_IDX')], { bytes: 4 }),
  field('tun_erspan_ver', 4, 'decimal', [nicira(12, 'ERSPAN_VER')]),
  field('tun_erspan_dir', 1, 'decimal', [nicira(13, 'ERSPAN_DIR')]),
  field('tun_erspan_hwid', 6, 'hexadecimal', [nicira(14, 'ERSPAN_HWID')]),
  field('tun_gtpu_flags', 8, 'hexadecimal', [nicira(15, 'GTPU_FLAGS')]),
  field('tun_gtpu_msgtype', 8, 'decimal', [nicira(16, 'GTPU_MSGTYPE')]),
];

const nshPart = { prerequisite: 'nsh' } as const;
const exactNshPart = { ...nshPart, maskable: false } as const;

/** The network service header (RFC 8300). */
export const nshFields: readonly FieldDefinition[] = [
  field('nsh_flags', 8, 'decimal', [nsh(1, 'FLAGS')], nshPart),
  field('nsh_ttl', 8, 'decimal', [nsh(10, 'TTL')], exactNshPart),
  field('nsh_mdtype', 8, 'decimal', [nsh(2, 'MDTYPE')], exactNshPart),
  field('nsh_np', 8, 'decimal', [nsh(3, 'NP')], exactNshPart),
  field('nsh_spi', 24, 'hexadecimal', [nsh(4, 'SPI')], { ...exactNshPart, bytes: 4, aliases: ['nsp'] }),
  field('nsh_si', 8, 'decimal', [nsh(5, 'SI')], { ...exactNshPart, aliases: ['nsi'] }),
  ...([1, 2, 3, 4] as const).map((i) =>
    field(`nsh_c${i}`, 32, 'hexadecimal', [nsh(5 + i, `C${i}`)], { ...nshPart, aliases: [`nshc${i}`] }),
  ),
];

/** What the connection tracker says about a packet. */
export const conntrackFields: readonly FieldDefinition[] = [
  field('pkt_mark', 32, 'hexadecimal', [nxm1(33, 'PKT_MARK')]),
  field('ct_state', 32, 'ct-state', [nxm1(105, 'CT_STATE')]),
  field('ct_zone', 16, 'hexadecimal', [nxm1(106, 'CT_ZONE')], { maskable: false }),
  field('ct_mark', 32, 'hexadecimal', [nxm1(107, 'CT_MARK')]),
  field('ct_label', 128, 'hexadecimal', [nxm1(108, 'CT_LABEL')]),
  field('ct_nw_src', 32, 'ipv4', [nxm1(120, 'CT_NW_SRC')], { prerequisite: 'ct-ipv4' }),
  field('ct_ipv6_src', 128, 'ipv6', [nxm1(122, 'CT_IPV6_SRC')], { prerequisite: 'ct-ipv6' }),
  field('ct_nw_dst', 32, 'ipv4', [nxm1(121, 'CT_NW_DST')], { prerequisite: 'ct-ipv4' }),
  field('ct_ipv6_dst', 128, 'ipv6', [nxm1(123, 'CT_IPV6_DST')], { prerequisite: 'ct-ipv6' }),
  field('ct_nw_proto', 8, 'decimal', [nxm1(119, 'CT_NW_PROTO')], { maskable: false, prerequisite: 'ct-ip' }),
  field('ct_tp_src', 16, 'decimal', [nxm1(124, 'CT_TP_SRC')], { prerequisite: 'ct-transport' }),
  field('ct_tp_dst', 16, 'decimal', [nxm1(125, 'CT_TP_DST')], { prerequisite: 'ct-transport' }),
];

/** Written last. */
export const metadataField = field('metadata', 64, 'hexadecimal', [oxm(2, 'METADATA')]);
