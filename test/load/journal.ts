const keptViolations = 50;

interface Held {
  readonly client: number;
  readonly address: string;
  readonly scope: string;
  mark: string | undefined;
}

/** What a controller holds, for the comparison with what its clients were told. */
export interface Found {
  readonly id: string;
  readonly address: string;
  readonly mark: string | undefined;
}

/**
 * What was acknowledged to all clients of a run. Each client changes only what it has made, so that its own newest
 * acknowledgement is the truth; addresses are taken from pools that all share.
 */
export class Journal {
  /** How many requests were made, refused, and so on, by name. */
  readonly counts = new Map<string, number>();
  /** Of the commits that were acknowledged, by kind of the resource. */
  readonly created = { 'network-interface': 0, 'elastic-ip': 0 };
  readonly #violations: string[] = [];
  #violationCount = 0;
  readonly #held = new Map<string, Held>();
  /** `SCOPE/ADDRESS` → id of what has it. */
  readonly #holders = new Map<string, string>();

  get violations(): readonly string[] {
    return this.#violations;
  }
  get violationCount(): number {
    return this.#violationCount;
  }
  get size(): number {
    return this.#held.size;
  }

  count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  violation(what: string): void {
    this.#violationCount++;
    if (this.#violations.length < keptViolations) this.#violations.push(what);
  }

  /** @param scope whose addresses these are: a subnet, or the public ones */
  made(client: number, { id, address }: Found, scope: string): void {
    const holder = this.#holders.get(`${scope}/${address}`);
    if (holder !== undefined) this.violation(`${id} was given ${address}, which ${holder} has`);
    if (this.#held.has(id)) this.violation(`${id} was acknowledged as new for a second time`);
    if (address === '') this.violation(`${id} has no address`);
    this.#holders.set(`${scope}/${address}`, id);
    this.#held.set(id, { client, address, scope, mark: undefined });
    this.created[id.startsWith('eni-') ? 'network-interface' : 'elastic-ip']++;
  }

  marked(id: string, mark: string): void {
    const held = this.#held.get(id);
    if (held) held.mark = mark;
  }

  /** From now on somebody else may be given the address: the removal is on its way. */
  leaving(id: string): void {
    const held = this.#held.get(id);
    if (!held) return;
    this.#held.delete(id);
    this.#holders.delete(`${held.scope}/${held.address}`);
  }

  /** What a client was told last of something that it holds. */
  expected(id: string): Found | undefined {
    const held = this.#held.get(id);
    return held && { id, address: held.address, mark: held.mark };
  }

  /** Compares what was acknowledged with everything that the controller holds. */
  compare(found: readonly Found[]): void {
    const present = new Map(found.map((each) => [each.id, each]));
    for (const [id, { address, mark }] of this.#held) {
      const other = present.get(id);
      if (!other) this.violation(`${id} was acknowledged and is lost`);
      else if (other.address !== address) this.violation(`${id} has ${other.address}, not ${address}`);
      else if (other.mark !== mark) this.violation(`${id} is marked ${other.mark}, not ${mark}`);
    }
    for (const { id } of found) {
      if (!this.#held.has(id)) this.violation(`${id} is there, and no client has it`);
    }
  }
}
