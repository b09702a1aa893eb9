import { AwsError } from '../errors.ts';

/** More than any real request has; the largest ones authorise some hundred permissions at once. */
const mostParameters = 10_000;
const longestName = 512;

/** Parameters of old ways to sign, and of signatures that stand in the address. */
const notOfTheAction =
  /^(X-Amz-[A-Za-z-]+|AWSAccessKeyId|Signature|SignatureVersion|SignatureMethod|Timestamp|Expires|SecurityToken)$/;

export interface Form {
  readonly action: string;
  readonly version: string;
  /** The other parameters, by their names on the wire. */
  readonly parameters: ReadonlyMap<string, string>;
}

/**
 * Reads `application/x-www-form-urlencoded` text (WHATWG URL, section 5.1), of a body or of a query.
 * @throws AwsError MissingAction, MalformedQueryString
 */
export function parseForm(text: string): Form {
  const parameters = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (name.length > longestName || parameters.size >= mostParameters) {
      throw new AwsError('MalformedQueryString', 'The request has too many parameters, or too long names');
    }
    if (parameters.has(name)) {
      throw new AwsError('MalformedQueryString', `The parameter ${name} is given more than once`);
    }
    if (!notOfTheAction.test(name)) parameters.set(name, value);
  }
  const action = parameters.get('Action');
  const version = parameters.get('Version') ?? '';
  parameters.delete('Action');
  parameters.delete('Version');
  if (!action) throw new AwsError('MissingAction', 'The request must contain the parameter Action');
  return { action, version, parameters };
}
