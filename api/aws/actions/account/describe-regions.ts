import { define } from '../../define.ts';
import { filtered } from '../../describe.ts';
import { AwsError } from '../../errors.ts';
import { matcher } from '../../filters.ts';

const endpointOf = (region: string) => `ec2.${region}.amazonaws.com`;

export const describeRegions = define({
  action: 'DescribeRegions',
  supports: ['RegionNames', 'Filters', 'AllRegions'],
  handle(context, { RegionNames: names, Filters: filters }) {
    const unknown = names?.find((name) => !context.regions.includes(name));
    if (unknown !== undefined) {
      throw new AwsError('InvalidParameterValue', `Invalid region name: ${unknown.slice(0, 100)}`);
    }
    const matches = matcher(
      filters,
      {
        'region-name': (region: string) => region,
        endpoint: endpointOf,
        'opt-in-status': () => 'opt-in-not-required',
      },
      undefined,
      context,
    );
    const regions = names?.length ? names : context.regions;
    return {
      Regions: [...filtered(regions, matches)].map((region) => ({
        Endpoint: endpointOf(region),
        RegionName: region,
        OptInStatus: 'opt-in-not-required',
      })),
    };
  },
});
