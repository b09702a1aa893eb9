import type { SendStep } from '../script.ts';
import type { Scene } from './scene.ts';

/** A packet of some sort; undefined when the network has nothing to make it from. */
export type Probe = (scene: Scene) => SendStep | undefined;
