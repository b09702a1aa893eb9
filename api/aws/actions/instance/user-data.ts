import { AwsError } from '../../errors.ts';

/** AWS, "Instance user data": base64, of which clients may break the lines. @throws AwsError InvalidUserData.Malformed */
export function checkedUserData(text: string): string {
  const joined = text.replaceAll(/\s/g, '');
  if (/^[A-Za-z0-9+/]*={0,2}$/.test(joined) && joined.length % 4 !== 1) return joined;
  throw new AwsError('InvalidUserData.Malformed', 'Invalid BASE64 encoding of user data');
}
