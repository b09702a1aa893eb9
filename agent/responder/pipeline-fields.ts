import type { FieldMatch, FieldName, Match } from 'node-openflow';
import { malformed } from './bytes.ts';

/** Registers in one field: `reg3` is itself, `xreg1` holds reg2 and reg3, `xxreg0` reg0 to reg3, first one highest. */
const registerField = /^(x{0,2})reg(\d+)$/;

/** The state of a packet in the pipeline, as a packet-in tells it. */
export class PipelineFields {
  /** Numbers of registers that are not zero → value. */
  readonly registers: ReadonlyMap<number, number>;
  /** What a packet-out can set again (OpenFlow 1.5, section 7.3.6), each register by itself. */
  readonly carried: Match;
  readonly #inPort: number | undefined;

  constructor(metadata: Match) {
    this.registers = new Map(metadata.flatMap(registersIn).filter(([, value]) => value !== 0));
    const registers = [...this.registers].map(([number, value]) => ({
      field: `reg${number}` as FieldName,
      value,
    }));
    this.carried = [...metadata.filter(isCarriedAsItIs), ...registers];
    const inPort = metadata.find(({ field }) => field === 'in_port')?.value;
    this.#inPort = inPort === undefined ? undefined : Number(inPort);
  }

  /** @throws AgentError `malformed-packet` when it is absent */
  get inPort(): number {
    if (this.#inPort === undefined) throw malformed('the packet-in has no in_port');
    return this.#inPort;
  }

  /** @throws AgentError `malformed-packet` when the register is zero */
  register(number: number): number {
    const value = this.registers.get(number);
    if (value === undefined) throw malformed(`register ${number} is not set`);
    return value;
  }

  /** Four registers from this one on as one value, the first one highest: an IPv6 address. */
  fourRegisters(first: number): bigint {
    return [0, 1, 2, 3].reduce(
      (value, index) => (value << 32n) | BigInt(this.registers.get(first + index) ?? 0),
      0n,
    );
  }
}

/** OpenFlow 1.5 switches tell registers in pairs. */
function registersIn({ field, value }: FieldMatch): [number, number][] {
  const [, width, index] = registerField.exec(field) ?? [];
  if (width === undefined) return [];
  const count = 2 ** width.length;
  return Array.from({ length: count }, (_, position) => {
    const shift = BigInt(32 * (count - 1 - position));
    return [Number(index) * count + position, Number((BigInt(value) >> shift) & 0xffffffffn)];
  });
}

function isCarriedAsItIs({ field }: FieldMatch): boolean {
  return field === 'metadata' || field === 'tunnel_id' || field.startsWith('tun_');
}
