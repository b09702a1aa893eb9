import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type CliHarness, run, startCliHarness } from './testing/run.ts';

describe('profiles', () => {
  let folder: string;
  let path: string;
  let cli: CliHarness;
  const weft = (line: string, env: Record<string, string> = {}) =>
    run(line.split(' '), { WEFT_CONFIG: path, ...env });
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weft-profiles-'));
    path = join(folder, 'config.yaml');
    cli = await startCliHarness();
  });
  after(async () => {
    await cli.close();
    await rm(folder, { recursive: true });
  });

  it('are made, listed, chosen and forgotten', async () => {
    const home = { HOME: folder };
    const own = (line: string) => run(line.split(' '), home);
    assert.match((await own('profile list')).out, /no profiles in .*\/\.config\/weft\/config\.yaml/);
    assert.equal((await own('profile set lab --api http://127.0.0.1:1 --token-file /etc/token')).code, 0);
    assert.equal((await own(`profile set work --api ${cli.url} --account 123456789012`)).code, 0);
    const file = join(folder, '.config/weft/config.yaml');
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.match(
      (await own('profile list')).out,
      /^\* {2}lab +http:\S+ +\/etc\/token +- +-\n {3}work .* 123456789012 +-$/m,
    );
    assert.equal((await own('profile use work')).code, 0);
    assert.equal((await own('vpc list')).code, 0);
    assert.equal((await own('--profile lab vpc list')).code, 2, 'the token of lab cannot be read');
    assert.equal((await own('profile set lab --region eu-1')).code, 0);
    assert.match(await readFile(file, 'utf8'), /token-file: \/etc\/token\n +region: eu-1/);
    assert.equal((await own('profile delete work')).code, 0);
    assert.match((await own('profile list')).out, /^ {3}lab/m);
    assert.equal((await own('profile use work')).code, 2);
    assert.equal((await own('profile set a/b --api http://x')).code, 2);
  });

  it('name files from the folder where they are set, and stand where WEFT_CONFIG says', async () => {
    const env = { WEFT_CONFIG: join(folder, 'elsewhere', 'weft.yaml') };
    const set = 'profile set lab --api https://192.0.2.1:8080 --ca ca.pem --token-file ../lab.token';
    assert.equal((await weft(set, env)).code, 0);
    const text = await readFile(env.WEFT_CONFIG, 'utf8');
    assert.match(text, new RegExp(`ca: ${resolve('ca.pem')}\n +token-file: ${resolve('../lab.token')}\n`));
  });

  it('give what neither the command line nor the environment says', async () => {
    await writeFile(
      path,
      `profile: a\nprofiles:\n  a: { api: ${cli.url}, output: name }\n  b: { api: "http://127.0.0.1:1" }\n`,
    );
    const made = await weft('vpc create --cidr-block 10.0.0.0/16');
    assert.match(made.out, /^vpc-\w+\n$/, 'the output of the profile');
    assert.match((await weft('vpc list -o table')).out, /^ID /);
    assert.equal((await weft('vpc list --profile b')).code, 3);
    assert.equal((await weft('vpc list', { WEFT_PROFILE: 'b' })).code, 3);
    assert.equal((await weft('vpc list', { WEFT_PROFILE: 'b', WEFT_API: cli.url })).code, 0);
    const unknown = await weft('vpc list --profile c');
    assert.equal(unknown.code, 2);
    assert.match(unknown.err, /no profile c — There are a, b\./);
  });

  it('are refused when they are wrong, without telling secrets', async () => {
    for (const [text, pattern] of [
      ['profiles: [', /is wrong/],
      ['[]', /no mapping/],
      ['colour: red', /no field colour/],
      ['profiles: { a: 1 }', /profile a is no mapping/],
      ['profiles: { a: { pi: x } }', /unknown field pi/],
      ['profiles: { a: { token: 4711 } }', /token of profile a is no text/],
      ['profile: 5', /no name/],
      ['profiles: { a: { output: paper } }\nprofile: a', /no output paper/],
      ['profiles: { a: { api: paper } }\nprofile: a', /no URL \(api of the profile, paper\)/],
      ['profiles: { a: { certificate: x } }\nprofile: a', /belong together/],
    ] as const) {
      await writeFile(path, text);
      const { code, err } = await weft('vpc list');
      assert.equal(code, 2, text);
      assert.match(err, pattern);
      assert.ok(!err.includes('4711'));
    }
    const absent = await weft('vpc list', { WEFT_CONFIG: join(folder, 'absent') });
    assert.equal(absent.code, 2);
    assert.match(absent.err, /no such file .*absent.* Make it with weft profile set/);
    const none = { WEFT_CONFIG: '', XDG_CONFIG_HOME: folder, WEFT_API: '' };
    assert.match((await weft('profile list', none)).out, /There are no profiles in /);
  });

  it('with a token are for nobody else to read', async () => {
    await writeFile(path, `profile: a\nprofiles: { a: { api: "${cli.url}", token: weft_AKIA_x } }`);
    await chmod(path, 0o644);
    const { code, err } = await weft('vpc list');
    assert.equal(code, 2);
    assert.match(err, /others can read it — chmod 600/);
    await chmod(path, 0o600);
    assert.match((await weft('vpc list')).err, /key/, 'it is used, and the controller does not know it');
  });
});

describe('credentials and TLS', () => {
  let folder: string;
  let url: string;
  /** What the server has seen: the token, and the name in the client's certificate. */
  let seen: { authorization?: string | undefined; client?: string | undefined }[] = [];
  let server: ReturnType<typeof createServer>;
  const file = (name: string) => join(folder, name);

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weft-tls-'));
    const openssl = (...words: string[]) => execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' });
    for (const name of ['server', 'client']) {
      openssl(
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
        ...['-keyout', `${name}.key`, '-out', `${name}.pem`, '-subj', `/CN=${name}`],
        ...['-addext', 'subjectAltName=IP:127.0.0.1'],
      );
    }
    const [cert, key, ca] = await Promise.all(
      ['server.pem', 'server.key', 'client.pem'].map((name) => readFile(file(name))),
    );
    server = createServer(
      { cert, key, ca, requestCert: true, rejectUnauthorized: false } as never,
      (request, response) => {
        const socket = request.socket as unknown as { getPeerCertificate(): { subject?: { CN?: string } } };
        seen.push({
          authorization: request.headers.authorization,
          client: socket.getPeerCertificate().subject?.CN,
        });
        response.setHeader('content-type', 'application/json').end('{"items":[],"revision":1}');
      },
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await writeFile(file('token'), 'weft_AKIAFILE_secret\n');
  });
  after(async () => {
    server.close();
    server.closeAllConnections();
    await rm(folder, { recursive: true });
  });
  const weft = async (line: string, env: Record<string, string> = {}) => {
    seen = [];
    return run(line.split(' '), { WEFT_API: url, ...env });
  };

  it('trusts the authority that it is told to, and no other', async () => {
    const { code, err } = await weft('vpc list');
    assert.equal(code, 3);
    assert.match(err, /certificate/);
    assert.equal((await weft(`vpc list --ca ${file('server.pem')}`)).code, 0);
    assert.equal((await weft('vpc list', { WEFT_CA: file('server.pem') })).code, 0);
    assert.equal((await weft(`vpc list --ca ${file('client.pem')}`)).code, 3);
    assert.equal((await weft('vpc list --ca /nowhere')).code, 2);
  });

  it('shows its token, from a file or the environment, and its certificate', async () => {
    const env = { WEFT_CA: file('server.pem') };
    await weft(`vpc list --token-file ${file('token')}`, { ...env, WEFT_TOKEN: 'weft_AKIAENV_secret' });
    assert.deepEqual(seen, [{ authorization: 'Bearer weft_AKIAFILE_secret', client: undefined }]);
    await weft('vpc list', { ...env, WEFT_TOKEN: 'weft_AKIAENV_secret' });
    assert.equal(seen[0]?.authorization, 'Bearer weft_AKIAENV_secret');
    await weft(`vpc list --certificate ${file('client.pem')} --key ${file('client.key')}`, env);
    assert.equal(seen[0]?.client, 'client');
    assert.equal((await weft(`vpc list --certificate ${file('client.pem')}`, env)).code, 2);
    assert.equal((await weft('vpc list --token-file /nowhere', env)).code, 2);
  });

  it('keeps the token of a profile from other controllers', async () => {
    const config = file('config.yaml');
    await writeFile(config, `profile: a\nprofiles: { a: { api: "${url}", token-file: ${file('token')} } }`);
    const env = { WEFT_CONFIG: config, WEFT_CA: file('server.pem') };
    await weft('vpc list', env);
    assert.equal(seen[0]?.authorization, 'Bearer weft_AKIAFILE_secret');
    await weft(`vpc list --api ${url.replace('127.0.0.1', 'localhost')}`, env);
    assert.ok(seen.every(({ authorization }) => authorization === undefined));
  });
});
