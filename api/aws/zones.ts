import type { GraphController } from '@weft/controller';
import { AwsError } from './errors.ts';

/** Zones that every region has, even before a host is there. */
const letters = ['a', 'b', 'c'];

/**
 * Names of zones. AWS's name is the region with a letter. Hosts name their zones as their operator likes: `zone-a` is
 * zone `a` of every region; any other name stands for itself.
 */
export class Zones {
  readonly #controller: GraphController;
  readonly #region: string;

  constructor(controller: GraphController, region: string) {
    this.#controller = controller;
    this.#region = region;
  }

  /** AWS's name of a zone as resources name it. */
  nameOf(zone: string): string {
    const letter = /^zone-([a-z])$/.exec(zone)?.[1];
    return letter === undefined ? zone : `${this.#region}${letter}`;
  }

  idOf(zone: string): string {
    const name = this.nameOf(zone);
    const letter = name.at(-1) ?? 'a';
    return name.startsWith(this.#region) ? `${shortName(this.#region)}-az${letter.charCodeAt(0) - 96}` : name;
  }

  /** Zones of the region, as resources name them. */
  all(): string[] {
    const zones = new Set(letters.map((letter) => `zone-${letter}`));
    for (const { spec } of this.#hosts()) {
      const isOfRegion = /^[a-z]{2}(-[a-z]+)+-\d[a-z]$/.test(spec.zone);
      if (!isOfRegion || spec.zone.startsWith(this.#region)) zones.add(spec.zone);
    }
    for (const zone of [...zones]) {
      // A host that says the whole name takes the place of the letter.
      if (this.nameOf(zone) !== zone && zones.has(this.nameOf(zone))) zones.delete(zone);
    }
    return [...zones].sort();
  }

  /** The zone of subnets that name none: one that has hosts, where there are any. */
  preferred(): string {
    for (const { spec } of this.#hosts()) return spec.zone;
    return this.all()[0] as string;
  }

  /** Members do not see hosts, and yet use their zones. */
  #hosts() {
    return this.#controller.list('host', { account: '', region: '' });
  }

  /** The zone of a name or an id. @throws AwsError InvalidParameterValue */
  named(text: string): string {
    const all = this.all();
    const found = all.find((zone) => this.nameOf(zone) === text || this.idOf(zone) === text);
    if (found !== undefined) return found;
    const names = all.map((zone) => this.nameOf(zone)).join(', ');
    throw new AwsError(
      'InvalidParameterValue',
      `Value (${text.slice(0, 100)}) for parameter availabilityZone is invalid. Zones here: ${names}.`,
    );
  }
}

const directions: Readonly<Record<string, string>> = {
  north: 'n',
  south: 's',
  east: 'e',
  west: 'w',
  central: 'c',
  northeast: 'ne',
  northwest: 'nw',
  southeast: 'se',
  southwest: 'sw',
};

/** `us-east-1` is `use1` in ids of zones. */
function shortName(region: string): string {
  const parts = region.split('-');
  return parts.map((part) => directions[part] ?? part).join('');
}
