import { createHash } from 'node:crypto';
import { AwsError } from './errors.ts';

export interface PageRequest {
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

const usual = { least: 5, most: 1000 } as const;

/**
 * One page of items, which come in the order of their positions. The token names the last item of the page and not its
 * number, so that nothing is skipped or repeated when items come and go between pages.
 * @param scope what a token is good for: the action with its caller
 * @param bounds how many items a page may have
 * @throws AwsError InvalidParameterValue, InvalidPaginationToken
 */
export function pageOf<T>(
  items: Iterable<T>,
  positionOf: (item: T) => string,
  { MaxResults: wanted, NextToken: token }: PageRequest,
  scope: string,
  bounds: { readonly least: number; readonly most: number } = usual,
): { items: T[]; nextToken: string | undefined } {
  const { least, most } = bounds;
  if (wanted !== undefined && (wanted < least || wanted > most)) {
    throw new AwsError(
      'InvalidParameterValue',
      `Value ( ${wanted} ) for parameter maxResults is invalid. Expecting a value between ${least} and ${most}.`,
    );
  }
  const after = token === undefined ? undefined : decode(token, scope);
  const rest: (readonly [string, T])[] = [];
  for (const item of items) {
    const position = positionOf(item);
    if (after === undefined || position > after) rest.push([position, item]);
  }
  rest.sort(([a], [b]) => (a < b ? -1 : 1));
  const page = wanted === undefined && token === undefined ? rest : rest.slice(0, wanted ?? most);
  const last = page.at(-1);
  return {
    items: page.map(([, item]) => item),
    nextToken: last && page.length < rest.length ? encode(last[0], scope) : undefined,
  };
}

const mark = (scope: string) => createHash('sha256').update(scope).digest('base64url').slice(0, 8);

const encode = (position: string, scope: string) =>
  Buffer.from(JSON.stringify([mark(scope), position])).toString('base64url');

function decode(token: string, scope: string): string {
  try {
    const [marked, position] = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    if (marked === mark(scope) && typeof position === 'string') return position;
  } catch {
    // not JSON: refused below like every other text that is no token
  }
  throw new AwsError('InvalidPaginationToken', 'NextToken is not of this request: start again without it');
}
