/*
 * Every error code of this package, with what it means. The tables are the reference: errors carry one of these codes, so
 * that callers can tell them apart without reading their text.
 */

/** The codes of `OpenFlowError`. */
export const openFlowErrors = {
  OPENFLOW_TRUNCATED: 'The bytes end before the structure does.',
  OPENFLOW_BAD_LENGTH: 'A length field contradicts the structure it is part of.',
  OPENFLOW_BAD_VALUE: 'A field holds a value that the specification does not allow.',
  OPENFLOW_UNSUPPORTED_VERSION: 'The version is none of OpenFlow 1.3, 1.4 and 1.5.',
  OPENFLOW_TOO_DEEP: 'Actions are nested too deeply.',
  OPENFLOW_TOO_LONG: 'A length does not fit into its 16-bit (or smaller) field.',
  OPENFLOW_VALUE_RANGE: 'A value to be written does not fit into its field.',
  OPENFLOW_UNKNOWN_FIELD: 'There is no match field of this name.',
  OPENFLOW_NOT_IN_VERSION: 'This version of OpenFlow has no such message, action or field.',
  OPENFLOW_BAD_TEXT: 'The text does not follow the syntax of ovs-ofctl.',
  OPENFLOW_SWITCH_ERROR: 'The switch refused a request.',
  OPENFLOW_TIMEOUT: 'No reply came in time.',
  OPENFLOW_TLS:
    'The TLS handshake failed: the peer has no certificate, or one that is not trusted or has expired.',
  OPENFLOW_CLOSED: 'The connection is closed.',
  OPENFLOW_NO_ERROR_NAME: 'A test switch was to refuse a message by a name that is not the name of an error.',
  OPENFLOW_OVERFLOW: 'More data arrived, or waits to be sent, than the limit allows.',
} as const;

export type OpenFlowErrorCode = keyof typeof openFlowErrors;

/** The codes of the simulator. They are apart since each `SimulationError` says besides what a switch would answer. */
export const simulationErrors = {
  SIMULATION_REFUSED: 'A switch would refuse the message; the error carries the name of its OpenFlow error.',
  SIMULATION_AMBIGUOUS:
    'The flows leave open what a switch does, as where two of equal priority match the same packet.',
  SIMULATION_UNSUPPORTED: 'The simulator does not know what a switch would do.',
  SIMULATION_BAD_PACKET: 'The packet contradicts itself, or its bytes cannot be read.',
} as const;

export type SimulationErrorCode = keyof typeof simulationErrors;

/**
 * Malformed input, or a value that cannot be written.
 *
 * `offset` counts bytes from the start of the message when decoding, characters from the start of the text when parsing,
 * and is 0 where there is no place to name.
 */
export class OpenFlowError extends Error {
  readonly code: OpenFlowErrorCode;
  readonly offset: number;
  readonly reason: string;

  constructor(code: OpenFlowErrorCode, reason: string, offset = 0) {
    super(`${code}: ${reason}${offset > 0 ? ` (at ${offset})` : ''}`);
    this.name = 'OpenFlowError';
    this.code = code;
    this.reason = reason;
    this.offset = offset;
  }
}
