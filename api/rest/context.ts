import type { Authenticator, KeyRing } from '@weft/api/auth';
import type { Controller, ObservedController } from '@weft/controller';
import type { ResourceOf } from '@weft/controller/resources';
import type { FastifyBaseLogger } from 'fastify';
import type { ApiKind, ApiResource, Host, Subnet } from '../contract/index.ts';

/** What every group of routes is made from. */
export interface RouteContext {
  readonly controller: ObservedController;
  readonly authenticator: Authenticator;
  readonly keys: Pick<KeyRing, 'create'> | undefined;
  /** Regions that there are; absent: any. */
  readonly regions: readonly string[] | undefined;
  /** Watches that one caller may have at a time; absent: as many as it likes. */
  readonly watchesPerCaller: number | undefined;
  readonly openflowTarget: string;
  readonly logger: FastifyBaseLogger;
  readonly watchBacklogBytes: number;
  readonly watchKeepAliveMs: number;
}

/** A resource as answers show it: hosts carry their liveness as of now, subnets how many addresses are free. */
export function present<K extends ApiKind>(controller: Controller, resource: ResourceOf<K>): ApiResource<K> {
  if (resource.kind === 'subnet') {
    const subnet = resource as ResourceOf<'subnet'>;
    const shown: Subnet = { ...subnet, freeAddresses: controller.freeAddresses(subnet) };
    return shown as ApiResource<K>;
  }
  if (resource.kind !== 'host') return resource as ApiResource<K>;
  const host: Host = {
    ...(resource as ResourceOf<'host'>),
    liveness: controller.hostLiveness(resource.id),
  };
  return host as ApiResource<K>;
}
