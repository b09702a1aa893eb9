import type { ScriptStep } from '../../script.ts';
import type { Edits } from '../edits.ts';
import type { Interface, Scene } from '../scene.ts';

export type Route = { readonly target: string } & (
  | { readonly destinationIpv6: string }
  | { readonly destination: string }
);

/**
 * Everything passes the network ACL of an interface's subnet, and these are its routes.
 * @returns name of the route table
 */
export function* openBorders(
  scene: Scene,
  edits: Edits,
  one: Interface,
  routes: readonly Route[],
): Generator<ScriptStep, string> {
  const vpcId = scene.ref(scene.vpcOf(one));
  const entries = ['ingress', 'egress'].flatMap((direction) => [
    { number: 10, direction, action: 'allow', protocol: 'all', cidrIpv4: '0.0.0.0/0' },
    { number: 20, direction, action: 'allow', protocol: 'all', cidrIpv6: '::/0' },
  ]);
  const acl = edits.create('network-acl', 'acl', { vpcId, entries });
  const table = edits.create('route-table', 'table', { vpcId, routes });
  yield acl;
  yield table;
  yield edits.update(scene.subnetOf(one), { routeTableId: `@${table.name}`, networkAclId: `@${acl.name}` });
  return table.name;
}
