import type { BundleAdd, BundleControl } from '../messages/bundle-types.ts';
import type { TlvTableMod } from '../messages/extension-types.ts';
import type { GroupMod, MeterMod } from '../messages/group-meter-types.ts';
import type { RoleRequest } from '../messages/session-types.ts';
import type { DecodedMessage, Envelope } from '../messages/types.ts';
import { groups } from '../ports.ts';
import { answerMultipart } from './multipart-answers.ts';
import type { SwitchSession } from './switch-session.ts';

type Answer<M> = (session: SwitchSession, message: M & Envelope, bytes: Uint8Array) => void;
type Answers = {
  readonly [Type in DecodedMessage['type']]?: Answer<Extract<DecodedMessage, { type: Type }>>;
};

const optionSpace = 256;
const optionFields = 64;
const capabilities = 0x4f;

function answerRole(session: SwitchSession, message: RoleRequest & Envelope, bytes: Uint8Array): void {
  const { state } = session;
  const generationId = message.generationId ?? 0n;
  if (message.role === 'primary' || message.role === 'secondary') {
    const known = state.generationId;
    if (known !== undefined && BigInt.asIntN(64, generationId - known) < 0n) {
      session.refuse(bytes, 'OFPRRFC_STALE');
      return;
    }
    state.generationId = generationId;
  }
  if (message.role === 'primary') {
    for (const other of state.sessions) if (other.role === 'primary') other.role = 'secondary';
  }
  if (message.role !== 'no-change') session.role = message.role;
  const reply = { role: session.role, generationId: state.generationId ?? 0n };
  session.send({ type: 'role-reply', ...reply }, message.xid);
}

function answerGroup(
  { state }: SwitchSession,
  { command, group, groupType, buckets, selection }: GroupMod,
): void {
  if (command === 'delete') {
    if (group === groups.all) state.groups.clear();
    else state.groups.delete(group);
    return;
  }
  const known = state.groups.get(group);
  const numbered = buckets.map((bucket, index) => ({ id: index, ...bucket }));
  const kept = known && command === 'insert-bucket' ? known.buckets : [];
  if (known && command === 'remove-bucket') {
    state.groups.set(group, { ...known, buckets: [] });
    return;
  }
  state.groups.set(group, {
    groupType,
    group,
    buckets: [...kept, ...numbered],
    ...(selection ? { selection } : {}),
  });
}

function answerMeter({ state }: SwitchSession, { command, meter, flags, bands }: MeterMod): void {
  if (command === 'delete') state.meters.delete(meter);
  else state.meters.set(meter, { flags, meter, bands });
}

function answerTlvTable({ state }: SwitchSession, { command, mappings }: TlvTableMod): void {
  const indexes = new Set(mappings.map(({ index }) => index));
  const kept = command === 'clear' ? [] : state.tlvMappings.filter(({ index }) => !indexes.has(index));
  state.tlvMappings = command === 'add' ? [...kept, ...mappings] : kept;
}

function answerBundleAdd(session: SwitchSession, message: BundleAdd & Envelope, bytes: Uint8Array): void {
  const bundle = session.bundles.get(message.bundle) ?? [];
  session.bundles.set(message.bundle, bundle);
  if (message.message.type === 'flow-mod') bundle.push(bytes.slice(16));
  else session.refuse(bytes, 'OFPBFC_MSG_UNSUP');
}

function commitBundle(session: SwitchSession, message: BundleControl & Envelope, bytes: Uint8Array): boolean {
  const inner = session.bundles.get(message.bundle) ?? [];
  session.bundles.delete(message.bundle);
  for (const flowMod of inner) {
    const codeName = session.check(flowMod);
    if (!codeName) continue;
    session.refuse(flowMod, codeName);
    session.refuse(bytes, 'OFPBFC_MSG_FAILED');
    return false;
  }
  for (const flowMod of inner) session.apply(flowMod);
  return true;
}

function answerBundle(session: SwitchSession, message: BundleControl & Envelope, bytes: Uint8Array): void {
  const replies = {
    'open-request': 'open-reply',
    'close-request': 'close-reply',
    'commit-request': 'commit-reply',
    'discard-request': 'discard-reply',
  } as const;
  const { type, bundle, flags, xid } = message;
  const command = replies[message.command as keyof typeof replies];
  if (!command) {
    session.refuse(bytes, 'OFPBFC_BAD_TYPE');
    return;
  }
  if (message.command === 'open-request') session.bundles.set(bundle, []);
  if (message.command === 'discard-request') session.bundles.delete(bundle);
  if (message.command === 'commit-request' && !commitBundle(session, message, bytes)) return;
  session.send({ type, bundle, command, flags }, xid);
}

const answers: Answers = {
  'echo-request': (session, { data, xid }) =>
    session.send({ type: 'echo-reply', ...(data ? { data } : {}) }, xid),
  'features-request': (session, { xid }) => {
    const { datapathId } = session.state.options;
    const features = { datapathId, buffers: 0, tables: 254, auxiliaryId: 0, capabilities };
    session.send({ type: 'features-reply', ...features }, xid);
  },
  'get-config-request': (session, { xid }) =>
    session.send({ type: 'get-config-reply', flags: 0, missSendLength: 0xffff }, xid),
  'get-async-request': (session, { xid }) => session.send({ type: 'get-async-reply', masks: {} }, xid),
  'barrier-request': (session, { xid }) => session.send({ type: 'barrier-reply' }, xid),
  'role-request': answerRole,
  'multipart-request': answerMultipart,
  'tlv-table-mod': answerTlvTable,
  'tlv-table-request': (session, { xid }) => {
    const { tlvMappings } = session.state;
    const table = { maximumSpace: optionSpace, maximumFields: optionFields, mappings: tlvMappings };
    session.send({ type: 'tlv-table-reply', ...table }, xid);
  },
  'group-mod': answerGroup,
  'meter-mod': answerMeter,
  'bundle-control': answerBundle,
  'bundle-add': answerBundleAdd,
  'set-config': () => undefined,
  'set-async': () => undefined,
  'set-packet-in-format': () => undefined,
  'set-controller-id': () => undefined,
  'packet-out': () => undefined,
  'ct-flush-zone': () => undefined,
  'echo-reply': () => undefined,
  error: () => undefined,
};

/** Obeys or answers a message; refuses what a switch does not understand. */
export function answer(session: SwitchSession, message: DecodedMessage, bytes: Uint8Array): void {
  const known = answers[message.type] as Answer<DecodedMessage> | undefined;
  if (known) known(session, message, bytes);
  else session.refuse(bytes, 'OFPBRC_BAD_TYPE');
}
