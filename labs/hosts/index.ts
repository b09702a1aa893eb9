import type { Lab, LabOptions, MissingRequirement } from './types.ts';

export { LabError, type LabErrorCode, labErrorCodes } from './errors.ts';
export type * from './types.ts';

/** Starts a lab of real OVS hosts. */
export declare function createLab(options: LabOptions): Promise<Lab>;
/** Removes labs whose owner is dead; the names of those removed. */
export declare function cleanupStaleLabs(log?: (message: string) => void): Promise<string[]>;
/** What this machine lacks for labs; empty when all is there. */
export declare function labRequirements(): MissingRequirement[];
