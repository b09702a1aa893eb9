import { OpenFlowError } from '../errors.ts';

function bad(kind: string, text: string, example: string): never {
  throw new OpenFlowError('OPENFLOW_BAD_TEXT', `"${text}" is not ${kind}; write it like ${example}`);
}

/** IPv4 addresses as numbers: `ipv4.parse('10.0.0.1') === 0x0a000001`. */
export const ipv4 = {
  parse(text: string): number {
    const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
    if (!parts) return bad('an IPv4 address', text, '10.0.0.1');
    let address = 0;
    for (const part of parts.slice(1)) {
      if (Number(part) > 255) return bad('an IPv4 address', text, '10.0.0.1');
      address = address * 256 + Number(part);
    }
    return address;
  },
  format(address: number): string {
    return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
  },
};

function parseGroups(text: string, whole: string): number[] {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  parts.forEach((part, index) => {
    if (part.includes('.') && index === parts.length - 1) {
      const tail = ipv4.parse(part);
      groups.push(tail >>> 16, tail & 0xffff);
    } else if (/^[0-9a-f]{1,4}$/i.test(part)) {
      groups.push(Number.parseInt(part, 16));
    } else {
      bad('an IPv6 address', whole, '2001:db8::1');
    }
  });
  return groups;
}

/** First and length of the longest run of two or more zero groups, the one that `::` stands for (RFC 5952, section 4.2). */
function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: -1, length: 1 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  return best;
}

/** IPv6 addresses as big integers, printed as RFC 5952 says. */
export const ipv6 = {
  parse(text: string): bigint {
    const halves = text.split('::');
    if (halves.length > 2) return bad('an IPv6 address', text, '2001:db8::1');
    const head = parseGroups(halves[0] ?? '', text);
    const tail = halves.length === 2 ? parseGroups(halves[1] ?? '', text) : [];
    const missing = 8 - head.length - tail.length;
    if (halves.length === 2 ? missing < 1 : missing !== 0) return bad('an IPv6 address', text, '2001:db8::1');
    const groups = [...head, ...new Array<number>(missing).fill(0), ...tail];
    return groups.reduce((address, group) => (address << 16n) | BigInt(group), 0n);
  },
  format(address: bigint): string {
    const groups = Array.from({ length: 8 }, (_, i) => Number((address >> BigInt(112 - i * 16)) & 0xffffn));
    // As inet_ntop does, addresses that embed an IPv4 address show it.
    const upper = groups.slice(0, 6);
    if (
      upper.slice(0, 5).every((group) => group === 0) &&
      (upper[5] === 0xffff || (upper[5] === 0 && groups[6] !== 0))
    ) {
      return `::${upper[5] === 0xffff ? 'ffff:' : ''}${ipv4.format(Number(address & 0xffff_ffffn))}`;
    }
    const run = longestZeroRun(groups);
    const hex = groups.map((group) => group.toString(16));
    if (run.start < 0) return hex.join(':');
    return `${hex.slice(0, run.start).join(':')}::${hex.slice(run.start + run.length).join(':')}`;
  },
};

/** Ethernet addresses as big integers: `mac.parse('00:00:00:00:00:01') === 1n`. */
export const mac = {
  parse(text: string): bigint {
    if (!/^[0-9a-f]{1,2}(:[0-9a-f]{1,2}){5}$/i.test(text))
      return bad('an Ethernet address', text, '02:00:00:00:00:01');
    return text.split(':').reduce((address, part) => (address << 8n) | BigInt(Number.parseInt(part, 16)), 0n);
  },
  format(address: bigint): string {
    return address
      .toString(16)
      .padStart(12, '0')
      .replace(/..(?=.)/g, '$&:');
  },
};
