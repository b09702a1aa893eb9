import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type CliHarness, startCliHarness } from './testing/run.ts';

describe('how the controller is, and who has confirmed what', () => {
  let cli: CliHarness;
  before(async () => {
    cli = await startCliHarness();
  });
  after(() => cli.close());

  it('is told by health and ready, which fails with what is missing', async () => {
    const { revision } = cli.controller;
    assert.equal((await cli.weft('health')).out, `ok at revision ${revision}\n`);
    assert.deepEqual(JSON.parse((await cli.weft('ready -o json')).out), { status: 'ready', revision });
    cli.controller.missing = [{ part: 'store', problem: 'the disk is full' }];
    const { code, err } = await cli.weft('ready');
    assert.equal(code, 1);
    assert.match(err, /not ready: store: the disk is full/);
    cli.controller.missing = [];
  });

  it('is told by receipt, host for host, which fails when one is missing', async () => {
    await cli.id('vpc create --cidr-block 10.0.0.0/16');
    const { revision } = cli.controller;
    assert.deepEqual(await cli.weft(`receipt ${revision}`), {
      code: 0,
      out: 'No host is touched.\n',
      err: '',
    });
    assert.equal(cli.controller.appliedCalls.at(-1)?.timeoutMs, 10_000);
    cli.controller.receipt = {
      applied: false,
      hosts: [
        { host: 'h1', state: 'applied' },
        { host: 'h2', state: 'rejected', error: 'OFPFMFC_TABLE_FULL' },
      ],
    };
    const late = await cli.weft(`receipt ${revision} --for 0`);
    assert.equal(late.code, 1);
    assert.match(late.out, /^HOST +STATE +ERROR *\nh1 +applied +- *\nh2 +rejected +OFPFMFC_TABLE_FULL *\n$/);
    assert.match(late.err, /h2 is rejected \(OFPFMFC_TABLE_FULL\)/);
    const json = await cli.weft(`receipt ${revision} -o json`);
    assert.equal(JSON.parse(json.out).hosts.length, 2);
    cli.controller.receipt = { applied: true, hosts: [] };
    assert.match((await cli.weft('receipt 99999')).err, /there is no commit 99999 yet/);
    for (const wrong of ['now', '0', '-1']) assert.equal((await cli.weft(`receipt ${wrong}`)).code, 2, wrong);
  });
});
