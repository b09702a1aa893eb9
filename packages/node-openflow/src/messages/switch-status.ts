import { enumeration } from '../wire/enumeration.ts';
import { decodeSized, encodeSized, layout } from '../wire/layout.ts';
import { behindZeros, type Payload, property, propertyTable } from '../wire/property-table.ts';
import type { Reader } from '../wire/reader.ts';
import { decodeText, encodeText } from '../wire/text.ts';
import type { Writer } from '../wire/writer.ts';
import { time } from './bundle.ts';
import { type MessageCodec, niciraExperimenter, onfExperimenter } from './codec.ts';
import {
  listOf,
  type PartCodec,
  plainRequest,
  type ReplyOf,
  type RequestOf,
  single,
} from './multipart-codec.ts';
import { roles } from './session.ts';
import type {
  BundleScheduling,
  ControllerDescription,
  ControllerStatus,
  IpfixStatistics,
  RequestForward,
} from './switch-status-types.ts';

/** A whole message, header included, with an xid of its own. In 1.3 a message of the ONF. */
export const requestForward: MessageCodec<RequestForward> = {
  type: 'request-forward',
  forms: [
    { number: 32, versions: [5, 6] },
    { number: 2350, experimenter: onfExperimenter, versions: [4, 4] },
  ],
  encode: (writer, { request }, context) => context.encodeMessage(writer, request, request.xid),
  decode(reader, context) {
    const start = reader.offset;
    const request = context.decodeMessage(reader);
    // A switch translates what it forwards into the version of the connection.
    if (request.version !== context.version) {
      reader.fail('OPENFLOW_BAD_VALUE', `the request has version ${request.version}`, start);
    }
    return { type: 'request-forward', request };
  },
};

const reasons = enumeration('controller-status reason', [
  'request',
  'channel-status',
  'role',
  'controller-added',
  'controller-removed',
  'short-id',
]);

const uri: Payload<string> = {
  write: (writer, value) => writer.raw(encodeText(value)),
  read: (reader) => decodeText(reader.rest()),
};
export const controllerProperties = propertyTable<Pick<ControllerDescription, 'uri'>>(
  'ofp_controller_status',
  [property<ControllerDescription>()(0, 'uri', uri)],
);

/** `u16 length, u16 short id, u32 role, u8 reason, u8 channel (1: down), 6 zeros`, properties (0: address). */
function encodeController(writer: Writer, controller: ControllerDescription): void {
  encodeSized(writer, 'the controller', () => {
    writer.u16(controller.shortId, 'shortId');
    writer.u32(roles.number(controller.role));
    writer.u8(reasons.number(controller.reason as 'role'), 'reason');
    writer.u8(controller.down ? 1 : 0);
    writer.pad(6);
    controllerProperties.encode(writer, controller, 6);
  });
}

function decodeController(reader: Reader): ControllerDescription {
  return decodeSized(reader, 'a controller', 16, () => {
    const shortId = reader.u16();
    const role = roles.strictName(reader.u32(), reader.offset - 4);
    const reason = reasons.name(reader.u8());
    const down = reader.u8() !== 0;
    reader.skip(6);
    return { shortId, role, reason, down, ...controllerProperties.decode(reader, 6) };
  });
}

export const controllerStatus: MessageCodec<ControllerStatus> = {
  type: 'controller-status',
  forms: [{ number: 35, versions: [6, 6] }],
  encode: encodeController,
  decode: (reader) => ({ type: 'controller-status', ...decodeController(reader) }),
};

const ipfix = layout<IpfixStatistics>(
  ['u64', 'totalFlows'],
  ['u64', 'currentFlows'],
  ['u64', 'packets'],
  ['u64', 'ipv4Packets'],
  ['u64', 'ipv6Packets'],
  ['u64', 'errorPackets'],
  ['u64', 'ipv4ErrorPackets'],
  ['u64', 'ipv6ErrorPackets'],
  ['u64', 'sentPackets'],
  ['u64', 'sentErrors'],
  ['u32', 'collectorSet'],
  ['pad', 4],
);

const scheduling = behindZeros({
  encode(writer: Writer, { accuracy, maximumFuture, maximumPast, timestamp }: BundleScheduling) {
    for (const one of [accuracy, maximumFuture, maximumPast, timestamp]) time.encode(writer, one);
  },
  decode(reader: Reader): BundleScheduling {
    return {
      accuracy: time.decode(reader),
      maximumFuture: time.decode(reader),
      maximumPast: time.decode(reader),
      timestamp: time.decode(reader),
    };
  },
});

/** 1: `4 zeros`, four times. */
export const bundleFeatureProperties = propertyTable<{ readonly time?: BundleScheduling }>(
  'ofp_bundle_features',
  [property<{ readonly time?: BundleScheduling }>()(1, 'time', scheduling)],
);

/** Request: `u32 flags, 4 zeros`, properties. Reply: `u16 capabilities, 6 zeros`, properties. */
const bundleFeatures: PartCodec = {
  part: 'bundle-features',
  forms: [{ number: 19, versions: [6, 6] }],
  encodeRequest(writer, request: RequestOf<'bundle-features'>) {
    writer.u32(request.flags, 'flags');
    writer.pad(4);
    bundleFeatureProperties.encode(writer, request, 6);
  },
  decodeRequest(reader) {
    const flags = reader.u32();
    reader.skip(4);
    return { flags, ...bundleFeatureProperties.decode(reader, 6) };
  },
  ...single(
    (writer, reply: ReplyOf<'bundle-features'>) => {
      writer.u16(reply.capabilities, 'capabilities');
      writer.pad(6);
      bundleFeatureProperties.encode(writer, reply, 6);
    },
    (reader) => {
      const capabilities = reader.u16();
      reader.skip(6);
      return { capabilities, ...bundleFeatureProperties.decode(reader, 6) };
    },
  ),
};

/** What switches tell about themselves and their controllers. */
export const switchStatusParts: readonly PartCodec[] = [
  {
    part: 'controller-status',
    forms: [{ number: 18, versions: [6, 6] }],
    ...plainRequest,
    ...listOf<ControllerDescription>('controllers', encodeController, decodeController),
  },
  bundleFeatures,
  {
    part: 'ipfix-bridge',
    forms: [{ number: 3, experimenter: niciraExperimenter }],
    ...plainRequest,
    ...single(ipfix.encode, ipfix.decode),
  },
  {
    part: 'ipfix-flow',
    forms: [{ number: 4, experimenter: niciraExperimenter }],
    ...plainRequest,
    ...listOf<IpfixStatistics>('collectors', ipfix.encode, ipfix.decode),
  },
];
