import type { Principal } from '../auth/index.ts';
import type { Cloud } from './cloud.ts';
import type { Departed } from './departed.ts';
import { partitionOf } from './regions.ts';
import type { Zones } from './zones.ts';

/** What an action knows besides its input. */
export interface ActionContext {
  readonly action: string;
  readonly requestId: string;
  readonly principal: Principal;
  readonly account: string;
  readonly region: string;
  /** Regions that there are. */
  readonly regions: readonly string[];
  readonly cloud: Cloud;
  readonly zones: Zones;
  /** What was deleted lately and is still listed. */
  readonly departed: Departed;
}

/** The ARN of a resource of EC2 in the caller's region. */
export function arnOf({ region, account }: ActionContext, type: string, id: string): string {
  return `arn:${partitionOf(region)}:ec2:${region}:${account}:${type}/${id}`;
}
