import fc from 'fast-check';
import { actionsFor, int, joined, optional, type Text } from './random-texts.test-generators.ts';

/*
 * Groups and meters as ovs-ofctl takes them.
 */

const bucketActions = actionsFor('').map((text) =>
  text.replace(/,(write_metadata|goto_table|clear_actions|check_pkt_larger).*/, ''),
);
const bucket = (...settings: readonly Text[]): Text =>
  fc
    .tuple(joined(',', ...settings), bucketActions)
    .map(([set, actions]) => `bucket=${set === '' ? '' : `${set},`}actions=${actions}`);
const someBuckets = (one: Text): Text =>
  fc.array(one, { minLength: 1, maxLength: 4 }).map((all) => all.join(','));
const groupBody: Text = fc.oneof(
  someBuckets(bucket()).map((buckets) => `type=all,${buckets}`),
  bucket().map((one) => `type=indirect,${one}`),
  someBuckets(
    bucket(
      optional(
        'weight',
        int(16).map((weight) => String(weight % 65536)),
      ),
    ),
  ).map((buckets) => `type=select,${buckets}`),
  someBuckets(
    bucket(
      int(15).map((one) => `watch_port=${one + 1}`),
      optional('watch_group', int(16).map(String)),
    ),
  ).map((buckets) => `type=ff,${buckets}`),
);

/** A line of a file for add-groups, in every version. */
export const groupLine: Text = fc
  .tuple(fc.constantFrom('', '', 'add ', 'modify ', 'add_or_mod '), fc.nat(0xffff_feff), groupBody)
  .map(([command, id, body]) => `${command}group_id=${id},${body}`);

const selection: Text = fc.constantFrom(
  'selection_method=dp_hash',
  'selection_method=hash,fields(ip_src,tcp_dst)',
  'selection_method=hash,selection_method_param=5,fields(eth_dst,ip_dst=255.255.255.0)',
);

/** A line of a file for add-groups in OpenFlow 1.5. */
export const newGroupLine: Text = fc.oneof(
  fc
    .tuple(int(20), selection, someBuckets(bucket()))
    .map(([id, how, all]) => `group_id=${id},type=select,${how},${all}`),
  fc
    .tuple(int(20), fc.constantFrom('first', 'last', '3'), bucket(int(8).map((id) => `bucket_id=${id}`)))
    .map(([id, where, one]) => `insert_bucket group_id=${id},command_bucket_id=${where},${one}`),
  fc
    .tuple(int(20), fc.constantFrom('all', 'first', 'last', '7'))
    .map(([id, which]) => `remove_bucket group_id=${id},command_bucket_id=${which}`),
  int(20).map((id) => `delete group_id=${id}`),
);

const band: Text = fc.oneof(
  fc.tuple(int(31), int(31)).map(([rate, burst]) => `type=drop,rate=${rate + 1},burst_size=${burst}`),
  fc.tuple(int(31), int(8)).map(([rate, level]) => `type=dscp_remark,rate=${rate + 1},prec_level=${level}`),
);

/** What add-meter and mod-meter take. */
export const meterText: Text = fc
  .tuple(
    fc.integer({ min: 1, max: 0xffff0000 }),
    fc.constantFrom('kbps', 'pktps'),
    fc.constantFrom('', ',stats'),
    fc.array(band, { minLength: 1, maxLength: 3 }),
  )
  .map(([id, unit, stats, bands]) => `meter=${id},${unit},burst${stats},bands=${bands.join(',')}`);
