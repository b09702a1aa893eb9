import type {
  ControllerAction,
  OutputAction,
  OutputRegisterAction,
  OutputTruncatedAction,
  PacketInReason,
} from '../actions/types.ts';
import type { Match } from '../fields/match.ts';
import { ports } from '../ports.ts';
import { formatPort, fromPort16 } from '../text/context.ts';
import { unsupported } from './errors.ts';
import type { ControllerOperation } from './operations.ts';
import { pipelineOf, tunnelOf } from './packet-slots.ts';
import { readNumber, readSubfield } from './slots.ts';
import type { Translation } from './translation.ts';
import type { SimulatedPort } from './types.ts';

const wholePacket = 0xffff;

function lengthLimit(maxLength: number | undefined): { maxLength?: number } {
  return maxLength === undefined || maxLength === wholePacket || maxLength === 0 ? {} : { maxLength };
}

/** Pipeline fields as a packet-in carries them. */
function metadataOf(translation: Translation): Match {
  return [...pipelineOf(translation.flow)].map(([field, value]) => ({ field, value }));
}

/** The packet-in that a controller action asks for now. */
export function packetInOf(translation: Translation, action: ControllerAction): ControllerOperation {
  const { id = 0, reason = 'action', userdata, meter, maxLength } = action;
  // What a table-miss flow sends counts as a miss.
  const missed = reason === 'action' && translation.rule?.isTableMiss;
  return {
    type: 'controller',
    id,
    reason: missed ? 'no-match' : reason,
    table: translation.table,
    cookie: translation.cookie,
    metadata: metadataOf(translation),
    ...(userdata ? { userdata } : {}),
    ...(meter === undefined ? {} : { meter }),
    ...lengthLimit(maxLength),
  };
}

export function controller(translation: Translation, action: ControllerAction): 'pause' | undefined {
  if (action.pause) {
    translation.pause(action);
    return 'pause';
  }
  translation.commit();
  translation.ask(packetInOf(translation, action));
  return undefined;
}

function outputReason({ inBucket, inActionSet }: Translation): PacketInReason {
  if (inBucket) return 'group';
  return inActionSet ? 'action-set' : 'action';
}

/** Sends the packet as it is by a port, unless the port does not exist or the tunnel has nowhere to go. */
function send(translation: Translation, port: number, maxLength: { maxLength?: number }): void {
  const known = translation.switch.ports?.get(port);
  if (translation.switch.ports && !known) {
    translation.report(`port ${formatPort(port)} does not exist: nothing is output`);
    return;
  }
  if (known?.tunnel && !sendsToTunnel(translation)) return;
  translation.commit();
  const tunnel = known?.tunnel ? { tunnel: tunnelHeader(translation) } : {};
  translation.ask({ type: 'output', port, ...tunnel, ...maxLength });
}

/** Packets without a tunnel destination, and those that would go back to this switch itself, are not sent. */
function sendsToTunnel(translation: Translation): boolean {
  const [ipv4, ipv6] = translation.tunnelDestination();
  const [ownIpv4, ownIpv6] = translation.ownTunnelAddress;
  if (ipv4 !== ownIpv4 || ipv6 !== ownIpv6) return true;
  translation.report('not tunneled to its own address, or to none');
  return false;
}

/** The source address is that of the route, not that of the tunnel by which the packet came. */
function tunnelHeader({ flow }: Translation): ReturnType<typeof tunnelOf> {
  const kept = [...tunnelOf(flow)].filter(([field]) => field !== 'tun_ipv4_src' && field !== 'tun_ipv6_src');
  return new Map(kept);
}

function flood(translation: Translation, wanted: (port: SimulatedPort) => boolean): void {
  const inPort = readNumber(translation.flow, 'in_port');
  const known = translation.switch.ports;
  if (!known) unsupported('output to ALL or FLOOD needs the option "ports"');
  for (const port of known.values()) {
    if (port.number !== inPort && wanted(port)) send(translation, port.number, {});
  }
}

/** Outputs to a port or to what a reserved port number stands for (OpenFlow 1.5.1, section 4.5). */
function outputTo(translation: Translation, port: number, limit: number | undefined): void {
  const inPort = readNumber(translation.flow, 'in_port');
  switch (port) {
    case ports.inPort:
      send(translation, inPort, {});
      return;
    case ports.table:
      translation.goTo(0, {});
      return;
    case ports.normal:
      unsupported('output to NORMAL: the simulator learns no addresses');
      return;
    case ports.flood:
      flood(translation, ({ noFlood }) => !noFlood);
      return;
    case ports.all:
      flood(translation, () => true);
      return;
    case ports.controller: {
      const action = {
        type: 'controller',
        reason: outputReason(translation),
        maxLength: limit ?? wholePacket,
      } as const;
      translation.commit();
      translation.ask(packetInOf(translation, action));
      return;
    }
    case ports.any:
      return;
    default:
      if (port === inPort) translation.report('not output to the port it came in by: only IN_PORT does that');
      else send(translation, port, {});
  }
}

export function output(translation: Translation, { port, maxLength }: OutputAction): undefined {
  outputTo(translation, port, maxLength);
}

export function outputRegister(
  translation: Translation,
  { source, maxLength }: OutputRegisterAction,
): undefined {
  const number = readSubfield(translation.flow, source);
  if (number > 0xffffn) translation.report(`port ${number} is out of range: nothing is output`);
  else outputTo(translation, fromPort16(Number(number)), maxLength);
}

const notTruncated: readonly number[] = [
  ports.table,
  ports.normal,
  ports.flood,
  ports.all,
  ports.controller,
  ports.any,
];

export function outputTruncated(
  translation: Translation,
  { port, maxLength }: OutputTruncatedAction,
): undefined {
  const inPort = readNumber(translation.flow, 'in_port');
  if (notTruncated.includes(port)) translation.report(`no truncated output to ${formatPort(port)}`);
  else if (port === inPort)
    translation.report('not output to the port it came in by: only IN_PORT does that');
  else send(translation, port === ports.inPort ? inPort : port, { maxLength });
}
