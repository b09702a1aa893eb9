import { containsNetwork, overlaps, parseCidr } from '../../../controller/resources/index.ts';
import type { Random } from '../random.ts';

/** What VPCs may have beside their primary block. Several, since equal ones keep VPCs from being peered. */
export const secondaryBlocks = ['100.64.0.0/16', '100.65.0.0/20', '100.66.0.0/16', '100.67.0.0/20'];

/** Networks outside that only prefix lists name, so that what is made for them can be told from the rest. */
export const listNetworks = {
  ipv4: ['192.0.0.0/22', '198.51.96.0/19', '203.0.112.0/22'],
  ipv6: ['2001:db8::/55', '2001:db9::/47', '2620::/32'],
} as const;

/** A block for a subnet inside of `vpcBlock` that overlaps none of `taken`, or any when that is hard. */
export function subnetBlock(random: Random, vpcBlock: string, taken: readonly string[]): string {
  const parse = (block: string) => parseCidr(block, 'block');
  const prefix = vpcBlock.split('.').slice(0, 2).join('.');
  let block = '';
  for (let attempt = 0; attempt < 10; attempt++) {
    block = random.pick([
      `${prefix}.${random.between(0, 5)}.0/24`,
      `${prefix}.8.${random.between(0, 3) * 16}/28`,
    ]);
    const free = taken.every((other) => !overlaps(parse(block), parse(other)));
    if (free && containsNetwork(parse(vpcBlock), parse(block))) break;
  }
  return block;
}
