/** Every error code of the host labs, with its meaning. */
export const labErrorCodes = {
  'requirement-missing': 'the machine lacks something that labs need',
  'invalid-option': 'an option of the caller has a value that cannot work',
  'name-taken': 'a lab, host or machine of this name is there already',
  'port-in-use': 'something listens already on a port that a program was given',
  'unknown-host': 'the lab has no host of this name',
  'command-failed': 'a command ended with a status that is not 0',
  'command-timeout': 'a command took longer than it may and was killed',
  'not-ready': 'a program or server did not become ready in time',
  'lab-closed': 'the lab was closed already',
  'unexpected-output': 'a tool printed something that is not understood',
} as const;

export type LabErrorCode = keyof typeof labErrorCodes;

/** The error of this folder: a code for programs, and a message that says what was wrong and what to do. */
export class LabError extends Error {
  readonly code: LabErrorCode;

  constructor(code: LabErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LabError';
    this.code = code;
  }
}
