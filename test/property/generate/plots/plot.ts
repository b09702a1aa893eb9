import type { StepResult } from '../../rig.ts';
import type { ScriptStep } from '../../script.ts';
import type { Edits } from '../edits.ts';
import type { Interface, Scene } from '../scene.ts';

/**
 * Several steps that only together show something, which single random steps hardly ever come to. Each is one of many
 * possible endings of an ordinary connection; in between, nothing else happens.
 */
export type Plot = (scene: Scene, edits: Edits) => Generator<ScriptStep, void, StepResult>;

export function tcp(
  scene: Scene,
  from: Interface,
  to: string,
  ports: readonly [number, number],
  flags: readonly ('syn' | 'ack')[],
) {
  const [sourcePort, destinationPort] = ports;
  const payload = { protocol: 'tcp', sourcePort, destinationPort, flags } as const;
  return scene.fromInterface(from, { destination: to, payload });
}

/** Two interfaces of one VPC that are both on hosts. */
export function pair(scene: Scene): readonly [Interface, Interface] | undefined {
  const first = scene.random.pickOrNone(scene.interfaces(true));
  const second = first && scene.random.pickOrNone(scene.peersOf(first));
  return first && second && [first, second];
}

/** The opening and answering packets of a connection on a port that is nobody else's. */
export function connection(scene: Scene, client: Interface, server: Interface) {
  const port = scene.random.between(20000, 29999);
  const [from, to] = [client.spec.privateAddress, server.spec.privateAddress];
  return {
    syn: tcp(scene, client, to, [port, 7777], ['syn']),
    answer: tcp(scene, server, from, [7777, port], ['syn', 'ack']),
    ack: tcp(scene, client, to, [port, 7777], ['ack']),
    data: tcp(scene, server, from, [7777, port], ['ack']),
  };
}
