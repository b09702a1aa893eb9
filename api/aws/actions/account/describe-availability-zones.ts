import type { ActionContext } from '../../context.ts';
import { define } from '../../define.ts';
import { filtered } from '../../describe.ts';
import { type FilterTable, matcher } from '../../filters.ts';

const filters: FilterTable<string, ActionContext> = {
  'zone-name': (zone, { zones }) => zones.nameOf(zone),
  'zone-id': (zone, { zones }) => zones.idOf(zone),
  'zone-type': () => 'availability-zone',
  'region-name': (_zone, { region }) => region,
  'group-name': (_zone, { region }) => region,
  state: () => 'available',
  'opt-in-status': () => 'opt-in-not-required',
  message: () => undefined,
};

export const describeAvailabilityZones = define({
  action: 'DescribeAvailabilityZones',
  supports: ['Filters', 'ZoneNames', 'ZoneIds', 'AllAvailabilityZones'],
  note: 'a host that calls its zone `zone-a` is in zone `a` of every region',
  handle(context, { Filters: given, ZoneNames: names = [], ZoneIds: ids = [] }) {
    const { zones, region } = context;
    const wanted = [...names, ...ids].map((text) => zones.named(text));
    const candidates = wanted.length > 0 ? [...new Set(wanted)] : zones.all();
    return {
      AvailabilityZones: [...filtered(candidates, matcher(given, filters, undefined, context))].map(
        (zone) => ({
          State: 'available' as const,
          OptInStatus: 'opt-in-not-required' as const,
          Messages: [],
          RegionName: region,
          ZoneName: zones.nameOf(zone),
          ZoneId: zones.idOf(zone),
          GroupName: region,
          NetworkBorderGroup: region,
          ZoneType: 'availability-zone',
        }),
      ),
    };
  },
});
