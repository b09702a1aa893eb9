export { LabError, type LabErrorCode, labErrorCodes } from './errors.ts';
export { createLab } from './lab.ts';
export { meetOnUnderlay } from './meet.ts';
export { cleanupStaleLabs } from './remains.ts';
export { labRequirements } from './requirements.ts';
export type * from './types.ts';
