import type { SimulationErrorCode } from '../errors.ts';

/**
 * What the simulator refuses to do.
 *
 * `refusal` is the name of the OpenFlow error that Open vSwitch answers (such as `OFPBMC_BAD_PREREQ`), for
 * SIMULATION_REFUSED only.
 */
export class SimulationError extends Error {
  readonly code: SimulationErrorCode;
  readonly refusal: string | undefined;

  constructor(code: SimulationErrorCode, reason: string, refusal?: string) {
    super(`${code}${refusal === undefined ? '' : ` (${refusal})`}: ${reason}`);
    this.name = 'SimulationError';
    this.code = code;
    this.refusal = refusal;
  }
}

/** Refuses a message as a switch would, with the name of its OpenFlow error. */
export function refuse(refusal: string, reason: string): never {
  throw new SimulationError('SIMULATION_REFUSED', reason, refusal);
}

export function unsupported(reason: string): never {
  throw new SimulationError('SIMULATION_UNSUPPORTED', reason);
}
