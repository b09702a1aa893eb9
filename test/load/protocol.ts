import type { Answer, Request } from './http.ts';

/** An interface or an elastic IP, as the answer to a request shows it. */
export interface Shown {
  readonly id: string;
  readonly address: string;
  /** What its owner wrote on it last. */
  readonly mark: string | undefined;
}

/** The request was answered, and not carried out. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  /** In the words of the REST API. */
  readonly meaning: 'not-found' | 'no-free-address' | 'precondition-failed' | 'other';

  constructor(status: number, code: string, message: string) {
    super(`${status} ${code}: ${message}`);
    this.status = status;
    this.code = code;
    this.meaning = meanings[code] ?? 'other';
  }
}

const meanings: Readonly<Record<string, Refusal['meaning']>> = {
  'not-found': 'not-found',
  'InvalidNetworkInterfaceID.NotFound': 'not-found',
  'InvalidAllocationID.NotFound': 'not-found',
  'no-free-address': 'no-free-address',
  InsufficientAddressCapacity: 'no-free-address',
  AddressLimitExceeded: 'no-free-address',
  InsufficientFreeAddressesInSubnet: 'no-free-address',
  'precondition-failed': 'precondition-failed',
};

/** One thing that a client does, in the words of one of the APIs. */
export interface Operation<T> {
  readonly name: string;
  readonly writes: boolean;
  /** Made anew for each sending: a signature has a time. */
  request(): Request;
  /** @throws Refusal */
  result(answer: Answer): T;
}

/** What the load does with a cloud, whatever the API. */
export interface Protocol {
  readonly name: 'REST' | 'AWS';
  /** @param key the request's name: sent again, it is not carried out again */
  createInterface(subnetId: string, key: string): Operation<Shown>;
  removeInterface(id: string): Operation<void>;
  readInterface(id: string): Operation<Shown | undefined>;
  /** The interfaces of one address, which is at most one. */
  findByAddress(subnetId: string, address: string): Operation<Shown[]>;
  allocateAddress(key: string): Operation<Shown>;
  releaseAddress(id: string): Operation<void>;
  mark(id: string, mark: string): Operation<void>;
}

/** The tag that carries a mark. */
export const markTag = 'mark';
