import { type OpenFlowConnection, SwitchError, type TlvMapping } from 'node-openflow';
import type { Logger } from './types.ts';

/** The Geneve option that carries the identity of the sender: 4 bytes in `tun_metadata0`. */
const identityOption: TlvMapping = { optionClass: 0x0177, optionType: 1, optionLength: 4, index: 0 };

/** Every reason: role-status is the one asynchronous message that a session wants. */
const allReasons = 0b111;

interface Settings {
  readonly timeoutMs: number;
  readonly logger: Logger;
}

/** A switch that cannot be adopted. `code` is for logs: what is wrong is in the message. */
export class HandshakeError extends Error {
  readonly code: 'auxiliary-connection' | 'role-refused' | 'unexpected-reply';
  constructor(code: HandshakeError['code'], message: string) {
    super(message);
    this.name = 'HandshakeError';
    this.code = code;
  }
}

/** Waits for the hello exchange and asks for the datapath id: 16 lower-case hexadecimal digits. */
export async function identify(connection: OpenFlowConnection, { timeoutMs }: Settings): Promise<string> {
  await connection.ready;
  const reply = await connection.request({ type: 'features-request' }, { timeoutMs });
  if (reply.type !== 'features-reply') throw unexpected('features-request', reply.type);
  if (reply.auxiliaryId !== 0) {
    throw new HandshakeError(
      'auxiliary-connection',
      `auxiliary connection ${reply.auxiliaryId} is not used: configure one controller target without auxiliary connections`,
    );
  }
  return reply.datapathId.toString(16).padStart(16, '0');
}

/**
 * Makes this controller the primary one, without any packet-in, and maps the identity option.
 * @throws HandshakeError when the switch has seen a newer generation of controllers
 */
export async function prepare(
  connection: OpenFlowConnection,
  generationId: bigint,
  settings: Settings,
): Promise<void> {
  connection.send({ type: 'set-config', flags: 0, missSendLength: 0 });
  await becomePrimary(connection, generationId, settings);
  connection.send({
    type: 'set-async',
    masks: {
      packetInPrimary: 0,
      packetInSecondary: 0,
      portStatusPrimary: 0,
      portStatusSecondary: 0,
      flowRemovedPrimary: 0,
      flowRemovedSecondary: 0,
      roleStatusPrimary: allReasons,
      roleStatusSecondary: allReasons,
    },
  });
  await mapIdentityOption(connection, settings);
}

async function becomePrimary(
  connection: OpenFlowConnection,
  generationId: bigint,
  { timeoutMs }: Settings,
): Promise<void> {
  try {
    await connection.request({ type: 'role-request', role: 'primary', generationId }, { timeoutMs });
  } catch (error) {
    if (!(error instanceof SwitchError)) throw error;
    throw new HandshakeError(
      'role-refused',
      `the switch refuses generation ${generationId} (${error.codeName}): a newer controller owns it, or this one's store is younger than that of the one before (then restart ovs-vswitchd there)`,
    );
  }
}

/** Without the mapping the switch refuses every flow with `tun_metadata0`. Another use of it is only reported. */
async function mapIdentityOption(connection: OpenFlowConnection, settings: Settings): Promise<void> {
  if (identityIsMapped(await readMappings(connection, settings), settings.logger)) return;
  connection.send({ type: 'tlv-table-mod', command: 'add', mappings: [identityOption] });
  identityIsMapped(await readMappings(connection, settings), settings.logger);
}

async function readMappings(
  connection: OpenFlowConnection,
  { timeoutMs }: Settings,
): Promise<readonly TlvMapping[]> {
  const reply = await connection.request({ type: 'tlv-table-request' }, { timeoutMs });
  if (reply.type !== 'tlv-table-reply') throw unexpected('tlv-table-request', reply.type);
  return reply.mappings;
}

/** True when nothing can be added: the option is there, or something else is in its place. */
function identityIsMapped(mappings: readonly TlvMapping[], logger: Logger): boolean {
  const { optionClass, optionType, optionLength, index } = identityOption;
  const inPlace = mappings.find(
    (mapping) =>
      mapping.index === index || (mapping.optionClass === optionClass && mapping.optionType === optionType),
  );
  if (!inPlace) return false;
  const isOurs =
    inPlace.index === index &&
    inPlace.optionClass === optionClass &&
    inPlace.optionType === optionType &&
    inPlace.optionLength === optionLength;
  if (!isOurs) {
    logger.error(
      { found: inPlace, wanted: identityOption },
      'tun_metadata0 or the identity option is mapped otherwise: delete this TLV mapping from the bridge',
    );
  }
  return true;
}

function unexpected(request: string, reply: string): HandshakeError {
  return new HandshakeError('unexpected-reply', `the switch answered ${request} with ${reply}`);
}
