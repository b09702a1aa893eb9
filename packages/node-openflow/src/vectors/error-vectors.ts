import { errorEntries } from '../messages/error-names.ts';

export interface ErrorVector {
  readonly codeName: string;
  readonly hex: string;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}

/** Every error in every version that has it, put together without the library's encoder; it refuses a barrier-request. */
export function errorVectors(): ErrorVector[] {
  return errorEntries.flatMap(({ codeName, errorType, errorCode, experimenter, versions: [first, last] }) =>
    ([4, 5, 6] as const)
      .filter((version) => version >= first && version <= last)
      .map((version) => {
        const vendor = experimenter === undefined ? '' : hex(experimenter, 8);
        const body = `${hex(errorType, 4)}${hex(errorCode, 4)}${vendor}0${version}14000800000000`;
        return { codeName, hex: `0${version}01${hex(8 + body.length / 2, 4)}00000000${body}` };
      }),
  );
}
