import type { TableFeatures } from '../messages/table-types.ts';
import { type MessageSample, only15, since14 } from './sample.ts';

const features: TableFeatures = {
  table: 3,
  name: 'classifier',
  metadataMatch: 0xffffn,
  metadataWrite: 0xffn,
  capabilities: 3,
  maximumEntries: 1_000_000,
  properties: [
    { type: 'instructions', instructions: ['goto-table', 'write-metadata', 'apply-actions'] },
    { type: 'instructions-miss', instructions: ['goto-table'] },
    { type: 'next-tables', tables: [4, 5, 6] },
    { type: 'next-tables-miss', tables: [4] },
    { type: 'write-actions', actions: ['output', 'group'] },
    { type: 'write-actions-miss', actions: ['output'] },
    { type: 'apply-actions', actions: ['output', 'push-vlan', 'pop-vlan', 'set-field'] },
    { type: 'apply-actions-miss', actions: ['output'] },
    {
      type: 'match',
      fields: [{ field: 'in_port' }, { field: 'eth_dst', maskable: true }, { field: 'ip_proto' }],
    },
    { type: 'wildcards', fields: [{ field: 'in_port' }] },
    { type: 'write-setfield', fields: [{ field: 'eth_dst' }] },
    { type: 'write-setfield-miss', fields: [{ field: 'eth_dst' }] },
    { type: 'apply-setfield', fields: [{ field: 'eth_src' }] },
    { type: 'apply-setfield-miss', fields: [{ field: 'reg0' }] },
  ],
};

/** What Open vSwitch's ofp-print refuses, since it has no such properties; OpenFlow 1.5.1. */
const newer: TableFeatures = {
  table: 3,
  command: 1,
  features: 1,
  name: 't',
  metadataMatch: 0n,
  metadataWrite: 0n,
  capabilities: 0,
  maximumEntries: 1,
  properties: [
    { type: 'table-sync-from', tables: [7] },
    { type: 'write-copyfield', fields: [{ field: 'eth_dst' }] },
    { type: 'write-copyfield-miss', fields: [{ field: 'eth_dst' }] },
    { type: 'apply-copyfield', fields: [{ field: 'eth_src' }] },
    { type: 'apply-copyfield-miss', fields: [{ field: 'eth_src' }] },
    { type: 'packet-types', packetTypes: [0, 0x10800] },
  ],
};

/** Tables: OpenFlow 1.5.1. */
export const tableSamples: readonly MessageSample[] = [
  { message: { type: 'table-mod', table: 3, config: 0 }, printed: 'table_id=3' },
  {
    message: {
      type: 'table-mod',
      table: 3,
      config: 8,
      vacancy: { down: 10, up: 20 },
    },
    versions: since14,
    printed: 'vacancy=on vacancy:10,20',
  },
  {
    message: { type: 'table-mod', table: 3, config: 4, eviction: 3 },
    versions: since14,
    structure: 'ofp_table_mod_prop_eviction',
    hex: '061100180000000003000000000000040002000800000003',
  },
  {
    message: {
      type: 'table-status',
      reason: 'vacancy-down',
      table: { table: 3, config: 8, vacancy: { down: 10, up: 20, current: 5 } },
    },
    versions: since14,
    printed: 'reason=VACANCY_DOWN',
  },
  {
    message: {
      type: 'table-status',
      reason: 'vacancy-up',
      table: { table: 3, config: 8, vacancy: { down: 10, up: 20, current: 35 } },
    },
    versions: since14,
    printed: 'reason=VACANCY_UP',
  },
  { message: { type: 'multipart-request', part: 'table-stats' }, printed: 'OFPST_TABLE request' },
  {
    message: {
      type: 'multipart-reply',
      part: 'table-stats',
      tables: [
        { table: 0, activeCount: 5, lookupCount: 6n, matchedCount: 7n },
        { table: 1, activeCount: 8, lookupCount: 9n, matchedCount: 10n },
      ],
    },
    printed: 'active=5, lookup=6, matched=7',
  },
  { message: { type: 'multipart-request', part: 'table-features' }, printed: 'OFPST_TABLE_FEATURES request' },
  {
    message: { type: 'multipart-request', part: 'table-features', tables: [features] },
    printed: 'OFPST_TABLE_FEATURES request',
  },
  {
    message: {
      type: 'multipart-reply',
      part: 'table-features',
      tables: [features, { ...features, table: 4 }],
    },
    printed: 'table 3 ("classifier")',
  },
  {
    message: {
      type: 'multipart-reply',
      part: 'table-features',
      tables: [
        {
          table: 3,
          name: 't',
          metadataMatch: 0n,
          metadataWrite: 0n,
          capabilities: 0,
          maximumEntries: 1,
          properties: [{ type: 'table-sync-from', tables: [7] }],
        },
      ],
    },
    versions: since14,
    structure: 'ofp_table_feature_prop_tables',
    hex:
      '0613005800000000000c000000000000' +
      '00480300000000007400000000000000000000000000000000000000000000000000000000000000' +
      '000000000000000000000000000000000000000000000001' +
      '0010000507000000',
  },
  {
    message: { type: 'multipart-reply', part: 'table-features', tables: [newer] },
    versions: only15,
    structure: 'ofp_table_features',
    hex:
      '0613008800000000000c000000000000' +
      '00780301000000017400000000000000000000000000000000000000000000000000000000000000' +
      '000000000000000000000000000000000000000000000001' +
      '0010000507000000' +
      '0012000880000606' +
      '0013000880000606' +
      '0014000880000806' +
      '0015000880000806' +
      '0016000c0000000000010800' +
      '00000000',
  },
  {
    message: { type: 'multipart-request', part: 'table-desc' },
    versions: since14,
    printed: 'OFPST_TABLE_DESC request',
  },
  {
    message: {
      type: 'multipart-reply',
      part: 'table-desc',
      tables: [
        { table: 3, config: 12, eviction: 5, vacancy: { down: 10, up: 20, current: 50 } },
        { table: 4, config: 0 },
      ],
    },
    versions: since14,
    printed: 'vacancy=50%',
  },
];
