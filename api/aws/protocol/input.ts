import { AwsError } from '../errors.ts';
import { queryNameOf, type ServiceDescription, type Shape, shapeOf } from '../model/description.ts';

/** Parameters by the parts of their names: `Tag.1.Key` is three nodes deep. */
interface Node {
  value?: string;
  readonly children: Map<string, Node>;
}

/** One value as it was given, with where it stands in the input: `IpPermissions.IpRanges.CidrIp`. */
export interface Given {
  readonly path: string;
  readonly wireName: string;
  readonly text: string;
}

export interface ParsedInput {
  readonly input: Record<string, unknown>;
  readonly given: readonly Given[];
}

const deepest = 12;
const longestList = 1000;

/**
 * Reads the input of an action from its parameters, by the service description.
 * @throws AwsError UnknownParameter, MissingParameter, InvalidParameterValue
 */
export function parseInput(
  service: ServiceDescription,
  shapeName: string | undefined,
  parameters: ReadonlyMap<string, string>,
): ParsedInput {
  const reader = new InputReader(service);
  const root = treeOf(parameters);
  const shape: Shape =
    shapeName === undefined ? { type: 'structure', members: {} } : shapeOf(service, shapeName);
  const input = reader.read(shape, root, '', '') as Record<string, unknown>;
  return { input, given: reader.given };
}

function treeOf(parameters: ReadonlyMap<string, string>): Node {
  const root: Node = { children: new Map() };
  for (const [name, value] of parameters) {
    const parts = name.split('.');
    if (parts.length > deepest) throw unknownParameter(name);
    let node = root;
    for (const part of parts) {
      let child = node.children.get(part);
      if (!child) {
        child = { children: new Map() };
        node.children.set(part, child);
      }
      node = child;
    }
    node.value = value;
  }
  return root;
}

class InputReader {
  readonly given: Given[] = [];
  readonly #service: ServiceDescription;

  constructor(service: ServiceDescription) {
    this.#service = service;
  }

  read(shape: Shape, node: Node, path: string, wireName: string): unknown {
    if (shape.type === 'structure') return this.#structure(shape, node, path, wireName);
    if (shape.type === 'list') return this.#list(shape, node, path, wireName);
    const [unexpected] = node.children.keys();
    if (unexpected !== undefined) throw unknownParameter(`${wireName}.${unexpected}`);
    const text = node.value ?? '';
    this.given.push({ path, wireName, text });
    return scalar(shape, text, wireName);
  }

  #structure(
    shape: Extract<Shape, { type: 'structure' }>,
    node: Node,
    path: string,
    wireName: string,
  ): Record<string, unknown> {
    if (node.value !== undefined) throw invalid(wireName, node.value, 'it has members');
    const result: Record<string, unknown> = {};
    const known = new Set<string>();
    for (const [name, member] of Object.entries(shape.members)) {
      const queryName = queryNameOf(this.#service, name, member);
      known.add(queryName);
      const child = node.children.get(queryName);
      const childName = wireName === '' ? queryName : `${wireName}.${queryName}`;
      if (child) {
        const childPath = path === '' ? name : `${path}.${name}`;
        result[name] = this.read(shapeOf(this.#service, member.shape), child, childPath, childName);
      } else if (shape.required?.includes(name)) {
        throw new AwsError('MissingParameter', `The request must contain the parameter ${childName}`);
      }
    }
    for (const name of node.children.keys()) {
      if (!known.has(name)) throw unknownParameter(wireName === '' ? name : `${wireName}.${name}`);
    }
    return result;
  }

  #list(shape: Extract<Shape, { type: 'list' }>, node: Node, path: string, wireName: string): unknown[] {
    // The query protocol counts below an element of the list's own, `member`.
    const container = this.#service.protocol === 'query' ? node.children.get('member') : node;
    if (!container || (container.value === '' && container.children.size === 0)) return [];
    if (container.value !== undefined)
      throw invalid(wireName, container.value, 'it is a list: number its items');
    const items = [...container.children];
    const wrong = items.find(([index]) => !/^[1-9]\d{0,5}$/.test(index));
    if (wrong) throw unknownParameter(`${wireName}.${wrong[0]}`);
    if (items.length > (shape.max ?? longestList)) {
      throw invalid(wireName, String(items.length), `it has more than ${shape.max ?? longestList} items`);
    }
    items.sort(([a], [b]) => Number(a) - Number(b));
    const member = shapeOf(this.#service, shape.member.shape);
    return items.map(([index, child]) => this.read(member, child, path, `${wireName}.${index}`));
  }
}

/** One value by its type. */
function scalar(shape: Exclude<Shape, { type: 'structure' | 'list' }>, text: string, name: string): unknown {
  switch (shape.type) {
    case 'string':
      if (shape.enum && !shape.enum.includes(text)) {
        throw invalid(name, text, `it must be one of ${shape.enum.join(', ')}`);
      }
      return text;
    case 'boolean':
      if (!/^(true|false)$/i.test(text)) throw invalid(name, text, 'it must be true or false');
      return text.toLowerCase() === 'true';
    case 'blob':
      if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(text)) throw invalid(name, '', 'it is not base64');
      return Buffer.from(text, 'base64');
    case 'timestamp': {
      const time = new Date(text);
      if (Number.isNaN(time.getTime())) throw invalid(name, text, 'it is no time');
      return time.toISOString();
    }
    default:
      return numeric(shape, text, name);
  }
}

function numeric(
  { type, min, max }: { type: string; min?: number; max?: number },
  text: string,
  name: string,
): number {
  const form = type === 'integer' || type === 'long' ? /^-?\d{1,18}$/ : /^-?\d{1,18}(\.\d{1,18})?$/;
  const value = Number(text);
  if (!form.test(text)) throw invalid(name, text, 'it is no number');
  if (value < (min ?? -(2 ** 53)) || value > (max ?? 2 ** 53)) {
    throw invalid(name, text, `it must be from ${min ?? 'any'} to ${max ?? 'any'}`);
  }
  return value;
}

const unknownParameter = (name: string) =>
  new AwsError('UnknownParameter', `The parameter ${name.slice(0, 200)} is not recognized`);

const invalid = (name: string, value: string, why: string) =>
  new AwsError(
    'InvalidParameterValue',
    `Value (${value.slice(0, 200)}) for parameter ${name} is invalid: ${why}`,
  );
