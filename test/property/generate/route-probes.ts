import { addressIn } from './families.ts';
import { type Probe, withSender } from './probe.ts';
import { outsideAddresses, outsideAddressesIpv6, somePayload } from './scene.ts';

/** Through a NAT gateway, mostly to the outside, to an elastic IP of the same cloud, or to the gateway itself. */
export const throughNat: Probe = (scene) => {
  const { random } = scene;
  const senders = scene.interfaces(true).filter((one) => scene.natGatewayOf(one));
  const inCircles = senders.filter((one) => {
    const gateway = scene.natGatewayOf(one);
    return gateway && scene.natGatewayOf(gateway);
  });
  const sender = random.pickOrNone(inCircles.length > 0 && random.chance(0.3) ? inCircles : senders);
  const elasticIp = random.pickOrNone(scene.all('elastic-ip'));
  if (!sender) return undefined;
  const destination =
    elasticIp && random.chance(0.25) ? elasticIp.spec.address : random.pick(outsideAddresses);
  return scene.fromInterface(sender, { destination, payload: somePayload(random) });
};

/** To the private address of a NAT gateway, by its MAC or through the router. */
export const toNatGateway: Probe = (scene) => {
  const { random } = scene;
  const gateway = random.pickOrNone(scene.all('nat-gateway'));
  const peers = scene.interfaces(true).filter(({ spec }) => spec.vpcId === gateway?.spec.vpcId);
  const sender = random.pickOrNone(peers);
  if (!gateway || !sender) return undefined;
  const payload = somePayload(random);
  const step = scene.fromInterface(sender, { destination: gateway.spec.privateAddress, payload });
  const isNear = sender.spec.subnetId === gateway.spec.subnetId;
  return isNear ? { ...step, frame: { ...step.frame, destination: scene.ref(gateway) } } : step;
};

/** Where a route leads whose gateway serves the VPC no longer. */
export const viaDetached = withSender((scene, sender) => {
  const route = scene
    .routesOf(sender)
    .find(
      ({ target }) =>
        target.startsWith('igw-') &&
        scene.resources['internet-gateway'].get(target)?.spec.vpcId !== sender.spec.vpcId,
    );
  if (!route) return undefined;
  const machines = route.destination === undefined ? outsideAddressesIpv6 : outsideAddresses;
  const destination = scene.random.pick(machines);
  return scene.fromInterface(sender, { destination, payload: somePayload(scene.random) });
});

/** Where a route leads whose peering connection is not accepted, or gone. */
export const viaInactive = withSender((scene, sender) => {
  const route = scene
    .routesOf(sender)
    .find(
      ({ destination, destinationIpv6, target }) =>
        (destination ?? destinationIpv6)?.includes('/') &&
        target.startsWith('pcx-') &&
        scene.resources['vpc-peering-connection'].get(target)?.spec.state !== 'active',
    );
  const network = route?.destination ?? route?.destinationIpv6;
  if (network === undefined) return undefined;
  const destination = addressIn(network, 300);
  return scene.fromInterface(sender, { destination, payload: somePayload(scene.random) });
});

/** Where a route leads through an interface, which may do so or, as often, not. */
export const viaInterface: Probe = (scene) => {
  const { random, resources } = scene;
  const ways = scene.interfaces(true).flatMap((sender) =>
    scene.routesOf(sender).flatMap(({ destination, destinationIpv6, target }) => {
      const router = resources['network-interface'].get(target);
      const network = destination ?? (destinationIpv6 as string);
      return router && network.includes('/') ? [{ sender, network, router }] : [];
    }),
  );
  const checked = ways.filter(({ router }) => router.spec.sourceDestinationCheck !== false);
  const way = random.pickOrNone(checked.length > 0 && random.chance(0.5) ? checked : ways);
  if (!way) return undefined;
  const destination = addressIn(way.network, 7);
  return scene.fromInterface(way.sender, { destination, payload: somePayload(random) });
};
