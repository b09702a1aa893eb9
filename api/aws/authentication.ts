import { AwsError } from './errors.ts';

/** A request as it came, before anything of it is believed. */
export interface AwsRequest {
  readonly method: string;
  /** Path and query, as in the request line. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Who asks, and in which region. */
export interface AwsPrincipal {
  readonly account: string;
  readonly region: string;
  readonly accessKeyId: string;
  /** Name in ARNs: `arn:aws:iam::ACCOUNT:user/NAME`, or `root`. */
  readonly name: string;
  /** False for roles that only read. */
  readonly mayWrite: boolean;
}

/** Finds out who signed. @throws AwsError AuthFailure and its kin */
export type Authenticate = (request: AwsRequest) => Promise<AwsPrincipal> | AwsPrincipal;

/** The parts of a credential scope (Signature Version 4): `KEY/DATE/REGION/SERVICE/aws4_request`. */
export interface CredentialScope {
  readonly accessKeyId: string;
  readonly region: string;
  readonly service: string;
}

/** The scope that a request names, in its header or, for presigned addresses, in its query. */
export function credentialScopeOf(request: AwsRequest): CredentialScope {
  const header = request.headers.authorization;
  const fromHeader = typeof header === 'string' ? /Credential=([^,\s]+)/.exec(header)?.[1] : undefined;
  const query = new URLSearchParams(request.url.split('?', 2)[1] ?? '');
  const credential = fromHeader ?? query.get('X-Amz-Credential');
  if (!credential) {
    throw new AwsError('MissingAuthenticationToken', 'The request is not signed with Signature Version 4');
  }
  const parts = credential.split('/');
  // A key may have slashes of its own; the scope has five parts, counted from the end.
  const [region, service, end] = parts.slice(-3);
  if (parts.length < 5 || !region || !service || end !== 'aws4_request') {
    throw new AwsError(
      'IncompleteSignature',
      `Credential ${credential.slice(0, 200)} is no credential scope`,
    );
  }
  return { accessKeyId: parts.slice(0, -4).join('/'), region, service };
}

/** The only key of development mode, which is for loopback: any signature of it is taken. */
const developmentKey = 'test';
const developmentAccount = '123456789012';

export const authenticateForDevelopment: Authenticate = (request) => {
  const { accessKeyId, region } = credentialScopeOf(request);
  if (accessKeyId !== developmentKey) {
    throw new AwsError(
      'AuthFailure',
      `There is no access key ${accessKeyId.slice(0, 100)}; in development mode use AWS_ACCESS_KEY_ID=test`,
    );
  }
  return { account: developmentAccount, region, accessKeyId, name: 'root', mayWrite: true };
};
