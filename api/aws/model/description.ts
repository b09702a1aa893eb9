import { readFileSync } from 'node:fs';

/** A trimmed service description, as scripts/aws-model.ts writes it from botocore's. */
export interface ServiceDescription {
  /** Name in credential scopes: `ec2`, `sts`. */
  readonly service: string;
  /** `ec2` or `query`: they differ in how lists are numbered and where the answer's members stand. */
  readonly protocol: 'ec2' | 'query';
  readonly version: string;
  readonly namespace: string;
  readonly operations: Readonly<Record<string, OperationDescription>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

export interface OperationDescription {
  readonly input?: string;
  readonly output?: string;
  /** Element around the members of the answer, in the query protocol. */
  readonly resultWrapper?: string;
}

export interface Member {
  readonly shape: string;
  /** Name in answers, where it differs from the member's own. */
  readonly locationName?: string;
  /** Name in requests, where it differs from the capitalised `locationName`. */
  readonly queryName?: string;
}

interface Bounds {
  readonly min?: number;
  readonly max?: number;
}
export type Shape =
  | {
      readonly type: 'structure';
      readonly members: Readonly<Record<string, Member>>;
      readonly required?: readonly string[];
    }
  | ({ readonly type: 'list'; readonly member: Member } & Bounds)
  | ({ readonly type: 'string'; readonly enum?: readonly string[] } & Bounds)
  | ({ readonly type: 'integer' | 'long' | 'float' | 'double' } & Bounds)
  | { readonly type: 'boolean' | 'blob' | 'timestamp' };

const load = (file: string): ServiceDescription =>
  JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'));

let loaded: ReadonlyMap<string, ServiceDescription> | undefined;

/** The services that are spoken, by the name that credential scopes give them. Read at first use. */
export function services(): ReadonlyMap<string, ServiceDescription> {
  loaded ??= new Map(
    ['ec2.json', 'sts.json'].map((file) => {
      const description = load(file);
      return [description.service, description];
    }),
  );
  return loaded;
}

/** The shape of this name. @throws Error when the description is not whole, which is a defect */
export function shapeOf(service: ServiceDescription, name: string): Shape {
  const shape = service.shapes[name];
  if (!shape) throw new Error(`the description of ${service.service} has no shape ${name}`);
  return shape;
}

/** Name of a member in requests. */
export function queryNameOf(service: ServiceDescription, name: string, member: Member): string {
  if (service.protocol === 'query') return member.locationName ?? name;
  if (member.queryName !== undefined) return member.queryName;
  if (member.locationName === undefined) return name;
  return member.locationName.charAt(0).toUpperCase() + member.locationName.slice(1);
}
