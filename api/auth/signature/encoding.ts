/** Bytes that stay as they are: RFC 3986's unreserved characters. */
const unreserved = /[A-Za-z0-9\-._~]/;

/** One character of a string of bytes (latin1), percent-encoded with capital digits where it must be. */
const encodeByte = (byte: string) =>
  unreserved.test(byte) ? byte : `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

const encodedBytes = Array.from({ length: 256 }, (_, code) => encodeByte(String.fromCharCode(code)));

/** Percent-encodes everything but the unreserved characters. `bytes` is latin1: one character a byte. */
function encode(bytes: string): string {
  let text = '';
  for (let index = 0; index < bytes.length; index++) text += encodedBytes[bytes.charCodeAt(index) & 0xff];
  return text;
}

/** Undoes percent escapes, byte by byte. A percent sign that begins no escape stands for itself. */
const decode = (text: string) =>
  text.replace(/%([0-9A-Fa-f]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));

/** Splits a request target, `PATH?QUERY`. */
export function splitTarget(target: string): { readonly path: string; readonly query: string } {
  const mark = target.indexOf('?');
  return mark < 0
    ? { path: target, query: '' }
    : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}

/**
 * The path as it is signed by every service but S3: dot segments and double slashes removed (RFC 3986, section 5.2.4),
 * then encoded a second time. AWS, "Create a signed AWS API request", step 1.
 */
export function canonicalPath(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop();
    else if (segment !== '' && segment !== '.') kept.push(segment);
  }
  const trailing = path.endsWith('/') && kept.length > 0 ? '/' : '';
  return `/${kept.map(encode).join('/')}${trailing}`;
}

export type Parameter = readonly [name: string, value: string];

/** The parameters of a query, decoded into bytes (latin1). A parameter without `=` has an empty value. */
export function parseQuery(query: string): Parameter[] {
  if (query === '') return [];
  return query.split('&').map((pair) => {
    const equals = pair.indexOf('=');
    return equals < 0 ? [decode(pair), ''] : [decode(pair.slice(0, equals)), decode(pair.slice(equals + 1))];
  });
}

/** The query as it is signed: encoded, then sorted by name and value in the order of bytes. */
export function canonicalQuery(parameters: readonly Parameter[]): string {
  return parameters
    .map(([name, value]): Parameter => [encode(name), encode(value)])
    .sort(([nameA, valueA], [nameB, valueB]) => compare(nameA, nameB) || compare(valueA, valueB))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
