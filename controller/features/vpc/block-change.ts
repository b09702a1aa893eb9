import { type AnyResource, ipv4BlocksOf } from '../../resources/index.ts';

function blockOf(resource: AnyResource | undefined): string | undefined {
  return resource?.kind === 'vpc' ? resource.spec.ipv6CidrBlock : undefined;
}

/** True when a change gives a VPC that is there its IPv6 block or takes it away: that is when its flows for IPv6 come and go. */
export function changesIpv6Block(before: AnyResource | undefined, after: AnyResource | undefined): boolean {
  return before !== undefined && after !== undefined && blockOf(before) !== blockOf(after);
}

function ipv4BlocksIn(resource: AnyResource | undefined): string {
  return resource?.kind === 'vpc' ? ipv4BlocksOf(resource).join() : '';
}

/** True when a VPC that is there gets or loses a secondary IPv4 block. */
export function changesIpv4Blocks(before: AnyResource | undefined, after: AnyResource | undefined): boolean {
  return before !== undefined && after !== undefined && ipv4BlocksIn(before) !== ipv4BlocksIn(after);
}
