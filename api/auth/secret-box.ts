import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { WeftError } from '@weft/controller/resources';

const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
/** First word of a key file and of sealed text; another one would be for another way of sealing. */
const version = 'weft-v1';

/**
 * Encrypts the secrets of access keys for the store: AES-256-GCM (NIST SP 800-38D) with the key of a file that stands
 * outside of it. Whoever copies the store alone has no secret.
 */
export class SecretBox {
  readonly #key: Buffer;
  /** Tells keys apart without telling the key: 8 hexadecimal digits. */
  readonly fingerprint: string;

  /** @param key 32 bytes */
  constructor(key: Buffer) {
    if (key.length !== keyBytes) throw new RangeError(`a key has ${keyBytes} bytes, not ${key.length}`);
    this.#key = key;
    this.fingerprint = createHash('sha256').update(version).update(key).digest('hex').slice(0, 8);
  }

  /** @param context what the text belongs to, such as a key id: it opens only with the same one */
  seal(text: string, context: string): string {
    // Random nonces of 96 bits: good for 2^32 secrets, SP 800-38D, section 8.3.
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce, { authTagLength: tagBytes });
    cipher.setAAD(Buffer.from(context, 'utf8'));
    const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `${version}.${this.fingerprint}.${sealed.toString('base64url')}`;
  }

  /** @throws WeftError internal when it was sealed with another key, for another context, or was changed */
  open(sealed: string, context: string): string {
    const bytes = Buffer.from(sealed.split('.')[2] ?? '', 'base64url');
    if (!this.opens(sealed) || bytes.length < nonceBytes + tagBytes) throw cannotOpen(context);
    const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, nonceBytes), {
      authTagLength: tagBytes,
    });
    decipher.setAAD(Buffer.from(context, 'utf8'));
    decipher.setAuthTag(bytes.subarray(-tagBytes));
    try {
      const text = decipher.update(bytes.subarray(nonceBytes, -tagBytes));
      return Buffer.concat([text, decipher.final()]).toString('utf8');
    } catch (cause) {
      throw Object.assign(cannotOpen(context), { cause });
    }
  }

  /** Whether a text was sealed with this key, by its fingerprint. */
  opens(sealed: string): boolean {
    return sealed.startsWith(`${version}.${this.fingerprint}.`);
  }
}

const cannotOpen = (context: string) =>
  new WeftError('internal', `the secret of ${context} cannot be decrypted`, {
    fix: 'Restore the key file that belongs to the store.',
  });

/**
 * Reads the key file, or makes one that only this user can read.
 * @param mayCreate false when the store has secrets already: a new key could not read them
 * @throws WeftError unavailable
 */
export function openKeyFile(path: string, mayCreate: boolean): SecretBox {
  const refuse = (problem: string, fix: string) =>
    new WeftError('unavailable', problem, { value: path, fix });
  try {
    if (mayCreate) writeKeyFile(path);
    if ((statSync(path).mode & 0o077) !== 0) {
      throw refuse(`the key file ${path} can be read by others`, `Make it private: chmod 600 ${path}`);
    }
    const [word, key = ''] = readFileSync(path, 'utf8').trim().split(' ');
    if (word !== version || !/^[0-9a-f]{64}$/.test(key)) {
      throw refuse(
        `${path} is no key file`,
        'Give the path of a file that does not exist yet, or the right one.',
      );
    }
    return new SecretBox(Buffer.from(key, 'hex'));
  } catch (error) {
    if (error instanceof WeftError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw code === 'ENOENT' && !mayCreate
      ? refuse(
          `the key file ${path} is missing, and the store has secrets that were encrypted with it`,
          'Restore it, or give its path with --key-file. Without it every access key must be made anew.',
        )
      : refuse(`the key file ${path} cannot be used: ${message}`, 'See that its folder exists and is yours.');
  }
}

/** Does nothing when there is a file already. */
function writeKeyFile(path: string): void {
  let file: number;
  try {
    file = openSync(path, 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return;
    throw error;
  }
  try {
    writeSync(file, `${version} ${randomBytes(keyBytes).toString('hex')}\n`);
    // A key that is lost in a crash takes every secret along that it has sealed.
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
