import { define } from '../../define.ts';
import { AwsError } from '../../errors.ts';
import type {
  PeeringConnectionOptions,
  PeeringConnectionOptionsRequest,
} from '../../model/generated/types.ts';

type Side = 'RequesterPeeringConnectionOptions' | 'AccepterPeeringConnectionOptions';
const fields = {
  RequesterPeeringConnectionOptions: 'requesterAllowsDns',
  AccepterPeeringConnectionOptions: 'accepterAllowsDns',
} as const satisfies Record<Side, string>;

/** How the options of a side are shown. There is no ClassicLink. */
export const presentOptions = (allowsDns: boolean | undefined) => ({
  AllowDnsResolutionFromRemoteVpc: allowsDns ?? false,
  AllowEgressFromLocalClassicLinkToRemoteVpc: false,
  AllowEgressFromLocalVpcToRemoteClassicLink: false,
});

/** @throws AwsError for ClassicLink, which is not here */
function allowsDns(options: PeeringConnectionOptionsRequest): boolean | undefined {
  if (
    options.AllowEgressFromLocalClassicLinkToRemoteVpc ||
    options.AllowEgressFromLocalVpcToRemoteClassicLink
  ) {
    throw new AwsError('UnsupportedOperation', 'There is no ClassicLink');
  }
  return options.AllowDnsResolutionFromRemoteVpc;
}

export const modifyVpcPeeringConnectionOptions = define({
  action: 'ModifyVpcPeeringConnectionOptions',
  supports: [
    'VpcPeeringConnectionId',
    'RequesterPeeringConnectionOptions',
    'AccepterPeeringConnectionOptions',
  ],
  refusals: { 'wrong-state': 'OperationNotPermitted' },
  note: 'DNS resolution; there is no ClassicLink',
  async handle({ cloud }, input) {
    const { VpcPeeringConnectionId: id } = input;
    cloud.require('vpc-peering-connection', id);
    const spec: Record<string, boolean> = {};
    const shown: { [S in Side]?: PeeringConnectionOptions } = {};
    for (const [side, field] of Object.entries(fields) as [Side, (typeof fields)[Side]][]) {
      const value = input[side] && allowsDns(input[side]);
      if (value === undefined) continue;
      spec[field] = value;
      shown[side] = presentOptions(value);
    }
    if (Object.keys(spec).length === 0) {
      throw new AwsError(
        'MissingParameter',
        'The request must contain options of the requester or the accepter',
      );
    }
    await cloud.update('vpc-peering-connection', id, { spec });
    return shown;
  },
});
