import { type KindName, type ResourceOf, WeftError } from '../resources/index.ts';
import { type EditName, edits } from './edits/index.ts';
import type { World } from './world.ts';

/** Random numbers that choose what is done, and to which of the resources that are there. */
export type Step = readonly [edit: number, a: number, b: number, c: number];

const editNames = Object.keys(edits) as EditName[];

/** Edits a world as random numbers say. Equal numbers do the same in every new world, whatever the random ids are. */
export class Editor {
  readonly world: World;
  /** `KIND/ID` → when it was made, as a rank. */
  readonly #ranks = new Map<string, number>();
  #commitsSeen = 0;
  #names = 0;

  constructor(world: World) {
    this.world = world;
  }

  /**
   * A start in which most things can happen soon: three hosts, of which two reach an external network; a VPC with two
   * subnets, each with an interface that is bound twice and has an elastic IP, one of them on a host without the network;
   * a public NAT gateway, and a route to the outside.
   *
   * @param egressGroupRule whether there is an egress rule that names a group, too
   */
  async open(egressGroupRule: boolean): Promise<void> {
    await this.do('createExternalNetwork');
    for (const index of [1, 2, 3]) {
      const externalPorts = index < 3 ? { external: 2, office: 3 } : {};
      await this.world.host(index, { externalPorts, servicePort: 65000 });
    }
    await this.do('createVpc');
    await this.do('createGateway');
    await this.do('setRoutes', 0, 0, 1);
    if (egressGroupRule) await this.do('createRule', 0, 0, 6);
    for (const index of [0, 1]) {
      await this.do('createSubnet', 0, index);
      await this.do('createInterface', index);
      await this.do('bind', index, index);
    }
    await this.do('bind', 1, 0);
    await this.do('bind', 2, 1, 1);
    await this.do('createElasticIp');
    await this.do('createElasticIp', 1);
    await this.do('createElasticIp', 0, 0, 3);
    await this.do('createNatGateway', 0, 1);
  }

  /** @returns false when the operation was refused, which must leave no trace */
  step([edit, a, b, c]: Step): Promise<boolean> {
    return this.do(editNames[edit % editNames.length] as EditName, a, b, c);
  }

  /** Does one thing; the numbers choose the resources. @returns false when it was refused */
  async do(name: EditName, a = 0, b = 0, c = 0): Promise<boolean> {
    try {
      await edits[name](this, a, b, c);
      return true;
    } catch (error) {
      if (error instanceof WeftError) return false;
      throw error;
    }
  }

  /** One of the resources of a kind, in the order in which they were made; undefined when there is none. */
  pick<K extends KindName>(kind: K, index: number): ResourceOf<K> | undefined {
    this.#rank();
    const rankOf = ({ id }: { id: string }) => this.#ranks.get(`${kind}/${id}`) ?? 0;
    const all = [...this.world.topology.all(kind)].sort((a, b) => rankOf(a) - rankOf(b));
    return all[index % Math.max(1, all.length)];
  }

  /** All resources of a kind, starting with the one that `pick` gives. */
  all<K extends KindName>(kind: K, first: number): ResourceOf<K>[] {
    const count = this.world.topology.count(kind);
    return Array.from({ length: count }, (_, index) => this.pick(kind, first + index) as ResourceOf<K>);
  }

  /** A name that was never used in this world. */
  newName(): string {
    return `name-${this.#names++}`;
  }

  /** Resources of one commit have no order of their own but that of their numbers: their ids are random. */
  #rank(): void {
    const { commits } = this.world;
    for (; this.#commitsSeen < commits.length; this.#commitsSeen++) {
      const created = (commits[this.#commitsSeen]?.changes ?? []).flatMap(({ before, after }) =>
        after && !before ? [after] : [],
      );
      created.sort((a, b) => (a.number ?? 0) - (b.number ?? 0));
      for (const { kind, id } of created) this.#ranks.set(`${kind}/${id}`, this.#ranks.size + 1);
    }
  }
}
