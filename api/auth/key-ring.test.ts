import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type RunningController, runController } from '@weft/controller';
import { WeftError } from '@weft/controller/resources';
import pino from 'pino';
import { KeyRing } from './key-ring.ts';
import { openKeyFile, SecretBox } from './secret-box.ts';
import { isLoopback, openAccess } from './start.ts';
import { parseToken } from './token.ts';

const refused = (code: string) => (error: unknown) => error instanceof WeftError && error.code === code;
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

describe('keys in a store', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weft-keys-'));
  const keyFile = join(folder, 'store.key');
  let running: RunningController;
  const start = () =>
    runController({
      openflow: { host: '127.0.0.1', port: 0 },
      store: `sqlite:${folder}/store.db`,
      logger: pino({ level: 'silent' }),
    });
  before(async () => {
    running = await start();
  });
  after(async () => {
    await running.close();
    rmSync(folder, { recursive: true });
  });

  it('are none in development, where everybody is an admin', async () => {
    const access = await openAccess(running.controller, { host: '127.0.0.1', keyFile });
    assert.deepEqual([access.mode, access.firstKey], ['development', undefined]);
    const principal = access.authenticator.bearer({ headers: {} });
    assert.deepEqual(
      [principal.role, principal.account, principal.name],
      ['admin', '123456789012', 'development'],
    );
    assert.equal(statSync(keyFile).mode & 0o777, 0o600);
  });

  it('are needed where others can reach the API', async () => {
    for (const host of ['0.0.0.0', '192.0.2.1', '::', 'weft.example', '127.0.0.1.example']) {
      assert.equal(isLoopback(host), false, host);
      const development = openAccess(running.controller, { host, keyFile, mode: 'development' });
      await assert.rejects(development, refused('invalid-value'));
    }
    for (const host of ['127.0.0.1', '127.1.2.3', '::1', 'localhost'])
      assert.equal(isLoopback(host), true, host);
  });

  it('begin with one for an admin, told once, and encrypted in the file', async () => {
    const first = await openAccess(running.controller, { host: '0.0.0.0', keyFile });
    assert.ok(first.firstKey);
    const { accessKeyId, secret, token } = first.firstKey;
    assert.match(accessKeyId, /^AKIA[A-Z2-7]{16}$/);
    assert.match(secret, /^[A-Za-z0-9]{40}$/);
    assert.deepEqual(parseToken(`Bearer ${token}`), { accessKeyId, secret });
    const principal = first.authenticator.bearer(bearer(token));
    assert.deepEqual(principal, {
      account: '123456789012',
      region: 'us-east-1',
      role: 'admin',
      accessKeyId,
      name: accessKeyId,
    });
    await running.close();
    for (const file of ['store.db', 'store.db-wal', 'store.key']) {
      const path = join(folder, file);
      try {
        assert.equal(readFileSync(path).includes(secret), false, file);
      } catch (error) {
        assert.equal((error as NodeJS.ErrnoException).code, 'ENOENT');
      }
    }
    running = await start();
    const again = await openAccess(running.controller, { host: '127.0.0.1', keyFile });
    assert.deepEqual(
      [again.mode, again.firstKey],
      ['keys', undefined],
      'an admin has a key: no development mode',
    );
    assert.equal(again.authenticator.bearer(bearer(token)).role, 'admin');
    assert.throws(() => again.authenticator.bearer({ headers: {} }), refused('unauthenticated'));
  });

  it('are refused when they are wrong, disabled, deleted, or of a disabled account', async () => {
    const { authenticator, keys } = await openAccess(running.controller, { host: '0.0.0.0', keyFile });
    const itself = { account: '', region: '' };
    const { controller } = running;
    const account = (await controller.create('account', { spec: { name: 'other' } }, itself)).resource;
    const made = await keys.create(account.id, { role: 'member' }, itself);
    const { accessKeyId, secret, token } = made;
    assert.equal(authenticator.bearer(bearer(token)).account, account.id);
    assert.equal(JSON.stringify(made.resource).includes(secret), false);
    const wrong = [
      `${token.slice(0, -1)}_`,
      `${token}x`,
      `weft_${accessKeyId}_`,
      `weft_x_${secret}`,
      secret,
      '',
    ];
    for (const text of wrong) {
      assert.throws(() => authenticator.bearer(bearer(text)), refused('unauthenticated'), text);
    }
    const twice = { headers: { authorization: [`Bearer ${token}`, `Bearer ${token}`] } };
    assert.throws(() => authenticator.bearer(twice), refused('unauthenticated'));
    const toggle = async (kind: 'account' | 'access-key', id: string) => {
      await controller.update(kind, id, { spec: { enabled: false } }, itself);
      assert.throws(() => authenticator.bearer(bearer(token)), refused('unauthenticated'), kind);
      await controller.update(kind, id, { spec: { enabled: true } }, itself);
      assert.equal(authenticator.bearer(bearer(token)).accessKeyId, accessKeyId);
    };
    await toggle('access-key', accessKeyId);
    await toggle('account', account.id);
    await controller.remove('access-key', accessKeyId, itself);
    assert.throws(() => authenticator.bearer(bearer(token)), refused('unauthenticated'));
  });

  it('of agents are for their host, and not for the AWS-compatible API', async () => {
    const { authenticator, keys } = await openAccess(running.controller, { host: '0.0.0.0', keyFile });
    const itself = { account: '', region: '' };
    const agent = await keys.create('123456789012', { role: 'agent', hostId: 'h1' }, itself);
    assert.deepEqual(authenticator.bearer(bearer(agent.token)), {
      account: '*',
      region: '*',
      role: 'agent',
      hostId: 'h1',
      name: 'host h1',
      accessKeyId: agent.accessKeyId,
    });
    const byCertificate = authenticator.bearer({ headers: {}, certificateName: 'h2' });
    assert.deepEqual([byCertificate.role, byCertificate.hostId], ['agent', 'h2']);
  });

  it('cannot be read with another key file, which the start says', async () => {
    const other = join(folder, 'other.key');
    await assert.rejects(openAccess(running.controller, { host: '0.0.0.0', keyFile: other }), /is missing/);
    const box = openKeyFile(other, true);
    assert.throws(() => new KeyRing(running.controller, box), /does not belong to the store/);
  });
});

describe('the box of secrets', () => {
  const box = new SecretBox(randomBytes(32));

  it('opens what it has sealed, for the same key id', () => {
    const sealed = box.seal('secret', 'AKIA1');
    assert.equal(box.open(sealed, 'AKIA1'), 'secret');
    assert.notEqual(box.seal('secret', 'AKIA1'), sealed);
    assert.throws(() => box.open(sealed, 'AKIA2'), refused('internal'));
  });

  it('opens nothing that was changed or sealed by another', () => {
    const sealed = box.seal('secret', 'AKIA1');
    const [version, fingerprint, text = ''] = sealed.split('.');
    const bytes = Buffer.from(text, 'base64url');
    for (let index = 0; index < bytes.length; index++) {
      const changed = Buffer.from(bytes);
      changed[index] = (changed[index] ?? 0) ^ 1;
      const forged = `${version}.${fingerprint}.${changed.toString('base64url')}`;
      assert.throws(() => box.open(forged, 'AKIA1'), refused('internal'));
    }
    for (const forged of ['', 'x', `${version}.${fingerprint}.`, `v0.${fingerprint}.${text}`]) {
      assert.throws(() => box.open(forged, 'AKIA1'), refused('internal'));
    }
    assert.throws(() => new SecretBox(randomBytes(32)).open(sealed, 'AKIA1'), refused('internal'));
  });

  it('has its key in a file that nobody else can read', (context) => {
    const folder = mkdtempSync(join(tmpdir(), 'weft-key-'));
    context.after(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'key');
    const { fingerprint } = openKeyFile(path, true);
    assert.equal(openKeyFile(path, true).fingerprint, fingerprint);
    assert.equal(openKeyFile(path, false).fingerprint, fingerprint);
    chmodSync(path, 0o640);
    assert.throws(() => openKeyFile(path, true), /can be read by others/);
    chmodSync(path, 0o600);
    writeFileSync(path, 'something else\n');
    assert.throws(() => openKeyFile(path, true), /is no key file/);
    assert.throws(() => openKeyFile(join(folder, 'none'), false), /is missing/);
    assert.throws(() => openKeyFile(join(folder, 'none', 'key'), true), /cannot be used/);
  });
});
