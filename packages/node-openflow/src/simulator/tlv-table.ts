import type { TlvMapping, TlvTableMod } from '../messages/extension-types.ts';
import { refuse } from './errors.ts';

/** Open vSwitch has room for so many bytes of option data. */
const maximumSpace = 256;
const maximumIndex = 63;

/** Which Geneve option is which `tun_metadata` field (NXT_TLV_TABLE_MOD). */
export class TlvTable {
  #mappings = new Map<number, TlvMapping>();

  get mappings(): readonly TlvMapping[] {
    return [...this.#mappings.values()];
  }

  /** Bits of the option behind a field such as `tun_metadata0`; undefined when there is none. */
  bits(field: string): number | undefined {
    const mapping = this.#mappings.get(Number(field.replace('tun_metadata', '')));
    return mapping && mapping.optionLength * 8;
  }

  apply(message: TlvTableMod): void {
    if (message.command === 'clear') this.#mappings.clear();
    else if (message.command === 'delete') for (const mapping of message.mappings) this.#delete(mapping);
    else for (const mapping of message.mappings) this.#add(mapping);
  }

  #delete({ index }: TlvMapping): void {
    if (!this.#mappings.delete(index))
      refuse('NXTTMFC_INVALID_TLV_DEL', `tun_metadata${index} is not mapped`);
  }

  #add(mapping: TlvMapping): void {
    const { index, optionClass, optionType, optionLength } = mapping;
    const sameOption = (other: TlvMapping) =>
      other.optionClass === optionClass && other.optionType === optionType;
    if (index > maximumIndex) refuse('NXTTMFC_BAD_FIELD_IDX', `there is no tun_metadata${index}`);
    if (optionLength === 0 || optionLength % 4 !== 0 || optionLength > 124) {
      refuse('NXTTMFC_BAD_OPT_LEN', `an option of ${optionLength} bytes: take a multiple of 4 up to 124`);
    }
    if (this.#mappings.has(index) || this.mappings.some(sameOption)) {
      refuse('NXTTMFC_ALREADY_MAPPED', `tun_metadata${index} or its option is mapped already`);
    }
    const used = this.mappings.reduce((sum, other) => sum + other.optionLength, 0);
    if (used + optionLength > maximumSpace) {
      refuse('NXTTMFC_TABLE_FULL', `${used} of ${maximumSpace} bytes of option data are in use`);
    }
    this.#mappings.set(index, mapping);
  }
}
