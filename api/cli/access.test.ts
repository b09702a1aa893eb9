import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { type Outcome, run } from './testing/run.ts';

const program = join(import.meta.dirname, '../../bin/weft');

/** A controller of its own with access keys: what these commands are about is only there in the real one. */
async function startWithKeys(folder: string) {
  const words = ['controller', '--api', '127.0.0.1:0', '--openflow', '127.0.0.1:0', '--access', 'keys'];
  const child: ChildProcess = spawn(program, [...words, '--store', `sqlite:${folder}/weft.db`], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const url = Promise.withResolvers<string>();
  const admin = Promise.withResolvers<string>();
  createInterface({ input: child.stderr! }).on('line', (text) => {
    const token = /^ *token +(\S+)$/.exec(text)?.[1];
    if (token !== undefined) admin.resolve(token);
  });
  createInterface({ input: child.stdout! }).on('line', (text) => {
    const { msg, api } = JSON.parse(text);
    if (msg === 'controller ready') url.resolve(api);
  });
  return { child, url: await url.promise, admin: await admin.promise };
}

describe('accounts, keys and the audit log', () => {
  let folder: string;
  let controller: Awaited<ReturnType<typeof startWithKeys>>;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weft-access-'));
    controller = await startWithKeys(folder);
  });
  after(async () => {
    controller.child.kill('SIGTERM');
    await once(controller.child, 'close');
    await rm(folder, { recursive: true });
  });
  const as = (token: string, line: string): Promise<Outcome> =>
    run(line.split(' '), { WEFT_API: controller.url, WEFT_TOKEN: token });
  const admin = async (line: string) => {
    const { code, out, err } = await as(controller.admin, line);
    assert.deepEqual([code, err], [0, ''], line);
    return out;
  };
  const keyOf = async (line: string) => JSON.parse(await admin(`key create ${line} -o json`));

  it('the first key is an admin, and nobody else comes in', async () => {
    assert.match(controller.admin, /^weft_/);
    assert.match(await admin('account list'), /ID/);
    const stranger = await as('weft_AAAA_bbbb', 'vpc list');
    assert.equal(stranger.code, 1);
    assert.match(stranger.err, /not one of an enabled access key/);
    const nobody = await run(['vpc', 'list'], { WEFT_API: controller.url });
    assert.equal(nobody.code, 1);
    assert.match(nobody.err, /no credentials/);
  });

  it('an account has quotas, which can be changed', async () => {
    await admin('account create --name acme --id 111122223333 --quota vpc=2');
    const key = await keyOf('acme --role member --description tests');
    assert.equal(key.spec.accountId, '111122223333');
    assert.equal((await as(key.token, 'vpc create --cidr-block 10.0.0.0/16 --name one')).code, 0);
    const refused = await as(key.token, 'vpc create --cidr-block 10.1.0.0/16 --name two');
    assert.equal(refused.code, 1);
    assert.match(refused.err, /at most 2 resources of kind vpc/, 'the default VPC is one of them');
    await admin('account update acme --quota vpc=3 --quota subnet=7');
    assert.equal((await as(key.token, 'vpc create --cidr-block 10.1.0.0/16 --name two')).code, 0);
    const { spec } = JSON.parse(await admin('account get acme -o json'));
    assert.deepEqual(spec.quotas, { vpc: 3, subnet: 7 });
    const wrong = await as(controller.admin, 'account update acme --quota vpc');
    assert.equal(wrong.code, 2);
    assert.match(wrong.err, /no quota.*KIND=NUMBER/);
  });

  it('a key shows its secret once, is disabled, enabled and deleted', async () => {
    const table = await admin('key create acme --role read-only');
    assert.match(table, /^access key id +\w+\nsecret +\S+\ntoken +weft_\S+$/m);
    const key = await keyOf('acme --role read-only');
    assert.doesNotMatch(await admin(`key get ${key.id} -o json`), new RegExp(key.secret));
    assert.equal((await as(key.token, 'vpc list')).code, 0);
    const write = await as(key.token, 'vpc create --cidr-block 10.2.0.0/16');
    assert.equal(write.code, 1);
    assert.match(write.err, /role read-only does not allow/);
    await admin(`key disable ${key.id}`);
    assert.match((await as(key.token, 'vpc list')).err, /not one of an enabled access key/);
    await admin(`key enable ${key.id}`);
    assert.equal((await as(key.token, 'vpc list')).code, 0);
    await admin(`key delete ${key.id}`);
    assert.equal((await as(key.token, 'vpc list')).code, 1);
    assert.equal((await as(controller.admin, 'key create acme --role king')).code, 1);
  });

  it('an account is disabled with all of its keys, and deleted when it has nothing', async () => {
    await admin('account create --name short');
    const key = await keyOf('short');
    await admin('account disable short');
    assert.equal((await as(key.token, 'vpc list')).code, 1);
    await admin('account enable short');
    assert.equal((await as(key.token, 'vpc create --cidr-block 10.0.0.0/16 --name here')).code, 0);
    const refused = await as(controller.admin, 'account delete short');
    assert.equal(refused.code, 1);
    for (const kind of ['subnet', 'vpc']) {
      const { out } = await as(key.token, `${kind} list -o json`);
      for (const { id } of JSON.parse(out)) {
        assert.equal((await as(key.token, `${kind} delete ${id}`)).code, 0, 'the default VPC, too');
      }
    }
    const keys = await admin(`key list -o json`);
    for (const { id, spec } of JSON.parse(keys)) {
      if (spec.accountId === key.spec.accountId) await admin(`key delete ${id}`);
    }
    await admin('account delete short');
  });

  it('each account has its default VPC in a region from its first request there, whatever its role', async () => {
    await admin('account create --name fresh');
    const seen = async (line: string) => JSON.parse(await admin(`vpc list ${line} -o json`));
    const { id } = JSON.parse(await admin('account get fresh -o json'));
    assert.deepEqual(await seen(`--account ${id}`), [], 'whom an admin looks at is not seen yet');
    const key = await keyOf('fresh --role read-only');
    const vpcs = JSON.parse((await as(key.token, 'vpc list -o json')).out);
    assert.equal(vpcs.length, 1);
    assert.deepEqual([vpcs[0].spec.isDefault, vpcs[0].spec.cidrBlock], [true, '172.31.0.0/16']);
    assert.deepEqual(JSON.parse((await as(key.token, 'vpc list -o json')).out), vpcs, 'once');
    const elsewhere = JSON.parse((await as(key.token, 'vpc list --region eu-west-1 -o json')).out);
    assert.deepEqual([elsewhere.length, elsewhere[0].id === vpcs[0].id], [1, false]);
    assert.deepEqual(JSON.parse((await as(key.token, 'vpc list --region nowhere-1 -o json')).out), []);
    const [entry] = JSON.parse((await as(key.token, 'audit --kind vpc --limit 1 -o json')).out);
    assert.deepEqual([entry.principal, entry.outcome, entry.region], [key.id, 'done', 'eu-west-1']);
  });

  it('the audit log tells who did what, of the own account to members and of all to admins', async () => {
    const key = await keyOf('acme');
    assert.equal((await as(key.token, 'subnet create --vpc one --cidr-block 10.0.1.0/24 --name s')).code, 0);
    assert.equal((await as(key.token, 'subnet create --vpc one --cidr-block 10.0.1.0/24 --name t')).code, 1);
    assert.equal((await as(key.token, 'subnet update s --tag team=net')).code, 0);
    const own = JSON.parse((await as(key.token, `audit --principal ${key.id} -o json`)).out);
    assert.deepEqual(
      own.map(({ outcome, kind }: { outcome: string; kind?: string }) => [outcome, kind]),
      [
        ['done', 'subnet'],
        ['overlap', 'subnet'],
        ['done', 'subnet'],
      ],
    );
    const table = (await as(key.token, 'audit --kind subnet --limit 1')).out.trimEnd().split('\n');
    assert.equal(table.length, 2);
    assert.match(table[0] ?? '', /^TIME +ACCOUNT +PRINCIPAL +FROM +ACTION +RESOURCE +REVISION +OUTCOME$/);
    assert.match(table[1] ?? '', new RegExp(`111122223333 +${key.id} +127\\.0\\.0\\.1 +PATCH .*done$`));
    assert.equal((await as(key.token, 'audit --kind account -o json')).out.trim(), '[]');
    const accounts = JSON.parse(await admin('audit --kind account --outcome done --account * -o json'));
    assert.ok(accounts.length >= 3);
    const refused = await as(key.token, 'audit --limit 0');
    assert.equal(refused.code, 2);
  });

  it('describe tells when something was written, and by which key', async () => {
    const key = await keyOf('acme');
    assert.equal((await as(key.token, 'vpc update two --tag team=web')).code, 0);
    const { out } = await as(key.token, 'vpc describe two');
    const time = '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z';
    assert.match(out, new RegExp(`^ {2}revision \\d+ +${time} +${key.id} +tags\\.team: none → "web"$`, 'm'));
    const { events } = JSON.parse((await as(key.token, 'vpc describe two -o json')).out);
    assert.equal(events.at(-1).principal, key.id);
    assert.equal(events.length, 2);
    assert.notEqual(events[0].principal, key.id);
  });
});
