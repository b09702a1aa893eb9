import type { SeededRandom } from './random.ts';

/** Changes some of the bytes, in place or in a new array. */
type Mutation = (bytes: Uint8Array, random: SeededRandom, seeds: readonly Uint8Array[]) => Uint8Array;

const headerLength = 8;
const maximumLength = 0xffff;
/** Numbers at which length checks go wrong. */
const treacherous = [
  0, 1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 24, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xfff8, 0xffff,
];

const flipBits: Mutation = (bytes, random) => {
  for (let count = 1 + random.below(8); count > 0; count--) {
    const at = random.below(bytes.length);
    bytes[at] = (bytes[at] as number) ^ (1 << random.below(8));
  }
  return bytes;
};

const setBytes: Mutation = (bytes, random) => {
  for (let count = 1 + random.below(4); count > 0; count--)
    bytes[random.below(bytes.length)] = random.below(256);
  return bytes;
};

const truncate: Mutation = (bytes, random) => bytes.slice(0, random.below(bytes.length + 1));

/** Writes a 16-bit number, at an even place as most length fields are, that is a little or a lot off. */
const editLength: Mutation = (bytes, random) => {
  if (bytes.length < 2) return bytes;
  const at = random.below(bytes.length >> 1) * 2;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const nearby = view.getUint16(at) + random.pick([-16, -8, -4, -1, 1, 4, 8, 16]);
  view.setUint16(at, random.below(2) === 0 ? nearby & 0xffff : random.pick(treacherous));
  return bytes;
};

/** The start of one message and the end of another. */
const splice: Mutation = (bytes, random, seeds) => {
  const other = random.pick(seeds);
  const start = bytes.subarray(0, random.below(bytes.length + 1));
  return join(start, other.subarray(random.below(other.length + 1)));
};

/** A piece of another message in the middle, at a place where structures begin. */
const insert: Mutation = (bytes, random, seeds) => {
  const other = random.pick(seeds);
  const from = random.below(other.length);
  const piece = other.subarray(from, from + 8 * (1 + random.below(8)));
  const at = random.below((bytes.length >> 3) + 1) * 8;
  return join(bytes.subarray(0, at), piece, bytes.subarray(at));
};

/** One piece many times, up to the longest message that there can be: what is slow or greedy shows. */
const repeat: Mutation = (bytes, random) => {
  const at = random.below((bytes.length >> 3) + 1) * 8;
  const piece = bytes.subarray(at, at + 8 * (1 + random.below(8)));
  if (piece.length === 0) return bytes;
  const wanted = 1 << random.below(13);
  const fitting = Math.floor((maximumLength - bytes.length) / piece.length);
  const pieces = Array.from({ length: Math.min(wanted, Math.max(0, fitting)) }, () => piece);
  return join(bytes.subarray(0, at), ...pieces, bytes.subarray(at));
};

/** Nothing is left but the version and the type. */
const randomize: Mutation = (bytes, random) => {
  const made = new Uint8Array(headerLength + random.below(200));
  for (let at = 0; at < made.length; at++) made[at] = random.below(256);
  made.set(bytes.subarray(0, 2));
  return made;
};

const mutations: readonly Mutation[] = [
  flipBits,
  flipBits,
  setBytes,
  setBytes,
  truncate,
  editLength,
  editLength,
  editLength,
  splice,
  insert,
  repeat,
  randomize,
];

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** Most mutated messages get the length that they have, or nothing behind the header would ever be read. */
function setTrueLength(bytes: Uint8Array): void {
  if (bytes.length < 4) return;
  bytes[2] = bytes.length >> 8;
  bytes[3] = bytes.length & 0xff;
}

/** One of the seeds, changed in one to three ways. Never longer than a message can be. */
export function mutatedMessage(seeds: readonly Uint8Array[], random: SeededRandom): Uint8Array {
  let bytes: Uint8Array = Uint8Array.from(random.pick(seeds));
  for (let count = 1 + random.below(3); count > 0 && bytes.length > 0; count--) {
    bytes = random.pick(mutations)(bytes, random, seeds).slice(0, maximumLength);
  }
  if (random.below(8) > 0) setTrueLength(bytes);
  return bytes;
}
