/**
 * Writes the trimmed service descriptions of api/aws/model, and their TypeScript types, from those that botocore
 * brings (Debian package python3-botocore): only the actions that are served and the shapes that they reach.
 *
 *   npm run aws-model [-- FOLDER]     default /usr/lib/python3/dist-packages/botocore/data
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { actions } from '../api/aws/actions/index.ts';
import type {
  Member,
  OperationDescription,
  ServiceDescription,
  Shape,
} from '../api/aws/model/description.ts';
import { typesOf } from './aws-types.ts';

const folder = process.argv[2] ?? '/usr/lib/python3/dist-packages/botocore/data';
const model = new URL('../api/aws/model/', import.meta.url);

/** As much of botocore's format as is read here. */
interface Source {
  readonly metadata: {
    readonly protocol: string;
    readonly apiVersion: string;
    readonly xmlNamespace: string;
  };
  readonly operations: Record<
    string,
    { readonly input?: { shape: string }; readonly output?: { shape: string; resultWrapper?: string } }
  >;
  readonly shapes: Record<string, Record<string, unknown>>;
}

/** Members that AWS has added to shapes since the version of botocore that Debian 12 has. */
const newer: Readonly<Record<string, Readonly<Record<string, Member>>>> = {
  ModifyNetworkInterfaceAttributeRequest: { AssociatePublicIpAddress: { shape: 'Boolean' } },
};

/** Larger enumerations are lists of products that grow every month: any text is taken there. */
const largestEnum = 60;

const memberOf = ({ shape, locationName, queryName }: Member): Member => ({
  shape,
  ...(locationName === undefined ? {} : { locationName }),
  ...(queryName === undefined ? {} : { queryName }),
});

function trimmed(source: Record<string, unknown>, added: Readonly<Record<string, Member>> = {}): Shape {
  const { type, members, member, required, min, max } = source as Record<string, never>;
  const values = source.enum as string[] | undefined;
  const result: Record<string, unknown> = { type };
  if (members) {
    result.members = Object.fromEntries(
      Object.entries({ ...(members as Record<string, Member>), ...added }).map(([name, each]) => [
        name,
        memberOf(each),
      ]),
    );
  }
  if (member) result.member = memberOf(member);
  if (required) result.required = required;
  if (values && values.length <= largestEnum) result.enum = values;
  if (min !== undefined) result.min = min;
  if (max !== undefined) result.max = max;
  return result as unknown as Shape;
}

function reach(source: Source, name: string, shapes: Map<string, Shape>): void {
  if (shapes.has(name)) return;
  const shape = trimmed(source.shapes[name] ?? {}, newer[name]);
  shapes.set(name, shape);
  if (shape.type === 'structure') {
    for (const member of Object.values(shape.members)) reach(source, member.shape, shapes);
  } else if (shape.type === 'list') reach(source, shape.member.shape, shapes);
}

function describe(service: string, path: string): ServiceDescription {
  const source: Source = JSON.parse(readFileSync(join(folder, path, 'service-2.json'), 'utf8'));
  const operations: Record<string, OperationDescription> = {};
  const shapes = new Map<string, Shape>();
  for (const { action } of actions) {
    const operation = source.operations[action];
    if (!operation) continue;
    const { input, output } = operation;
    operations[action] = {
      ...(input ? { input: input.shape } : {}),
      ...(output ? { output: output.shape } : {}),
      ...(output?.resultWrapper ? { resultWrapper: output.resultWrapper } : {}),
    };
    for (const each of [input, output]) if (each) reach(source, each.shape, shapes);
  }
  return {
    service,
    protocol: source.metadata.protocol as 'ec2' | 'query',
    version: source.metadata.apiVersion,
    namespace: source.metadata.xmlNamespace,
    operations: Object.fromEntries(Object.entries(operations).sort()),
    shapes: Object.fromEntries([...shapes].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** One shape a line: differences between versions stay readable, and the file small. */
function text(description: ServiceDescription): string {
  const lines = (record: object) =>
    Object.entries(record)
      .map(([name, value]) => `    ${JSON.stringify(name)}: ${JSON.stringify(value)}`)
      .join(',\n');
  const { operations, shapes, ...head } = description;
  const first = JSON.stringify(head, null, 2).slice(0, -2);
  return `${first},\n  "operations": {\n${lines(operations)}\n  },\n  "shapes": {\n${lines(shapes)}\n  }\n}\n`;
}

const descriptions = [describe('ec2', 'ec2/2016-11-15'), describe('sts', 'sts/2011-06-15')];
for (const description of descriptions) {
  writeFileSync(new URL(`${description.service}.json`, model), text(description));
}
const unknown = actions.filter(({ action }) => !descriptions.some(({ operations }) => operations[action]));
for (const { action } of unknown) process.stderr.write(`botocore knows no action ${action}\n`);
writeFileSync(new URL('generated/types.ts', model), typesOf(descriptions));
process.exitCode = unknown.length === 0 ? 0 : 1;
