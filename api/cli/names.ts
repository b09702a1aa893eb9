import { ApiError, type ApiKind, type ApiResource, type WeftClient } from '../contract/index.ts';
import { nameOf } from './columns.ts';
import { CliError } from './errors.ts';

/** Kinds whose resources have a name of their own in `spec.name`; the others are named by their tag `Name`. */
const ownNames: ReadonlySet<ApiKind> = new Set([
  'security-group',
  'external-network',
  'instance',
  'account',
  'prefix-list',
]);

/** Kinds whose ids are names. */
const namedByIdAlone: ReadonlySet<ApiKind> = new Set(['host', 'binding', 'placement', 'held-address']);

export const hasOwnName = (kind: ApiKind) => ownNames.has(kind);

/** The form of ids: a prefix and 17 random digits; of accounts 12 digits, of access keys as in AWS. */
const idForm = /^([a-z]+-[0-9a-f]{17}|\d{12}|AKIA[A-Z2-7]{16})$/;

/**
 * The id of the resource that a person means by an id, a name, or, for elastic IPs, an address.
 * @param within equality filters that narrow the search, for example to the groups of one VPC
 * @throws CliError `unknown-name` or `ambiguous-name`, which lists the candidates
 */
export async function resolveId(
  client: WeftClient,
  kind: ApiKind,
  text: string,
  within: Readonly<Record<string, string>> = {},
): Promise<string> {
  if (namedByIdAlone.has(kind) || idForm.test(text)) return text;
  const found = await candidates(client, kind, text, within);
  const [only, ...others] = found;
  if (only && others.length === 0) return only.id;
  const label = kind.replaceAll('-', ' ');
  if (!only) {
    throw new CliError('unknown-name', `there is no ${label} with the name or id ${text}`, {
      fix: `Names are in the list of ${label}s; give one of them or an id.`,
    });
  }
  throw new CliError('ambiguous-name', `${found.length} ${label}s have the name ${text}`, {
    fix: `Give one of the ids: ${found.map(describe).join(', ')}.`,
  });
}

/** The resource itself, for commands that look into it. */
export async function resolve<K extends ApiKind>(
  client: WeftClient,
  kind: K,
  text: string,
): Promise<ApiResource<K>> {
  try {
    return await client.get(kind, await resolveId(client, kind, text));
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'not-found') throw error;
    throw new CliError('unknown-name', `there is no ${kind.replaceAll('-', ' ')} ${text}`, { cause: error });
  }
}

async function candidates(
  client: WeftClient,
  kind: ApiKind,
  text: string,
  within: Readonly<Record<string, string>>,
): Promise<ApiResource<ApiKind>[]> {
  const filters: Record<string, string>[] = [{ 'tag.Name': text }];
  if (ownNames.has(kind)) filters.push({ 'spec.name': text });
  if (kind === 'elastic-ip') filters.push({ 'spec.address': text });
  const lists = await Promise.all(filters.map((filter) => client.listAll(kind, { ...within, ...filter })));
  const byId = new Map(lists.flatMap((list) => list.items).map((resource) => [resource.id, resource]));
  return [...byId.values()];
}

function describe(resource: ApiResource<ApiKind>): string {
  const vpcId = (resource.spec as { vpcId?: string }).vpcId;
  const name = nameOf(resource);
  const more = [name, vpcId === undefined ? undefined : `in ${vpcId}`].filter(Boolean).join(' ');
  return more === '' ? resource.id : `${resource.id} (${more})`;
}
