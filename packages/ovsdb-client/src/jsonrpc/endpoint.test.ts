import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseEndpoint } from './endpoint.ts';

describe('parseEndpoint', () => {
  it('reads the three kinds', () => {
    assert.deepEqual(parseEndpoint('unix:/run/db.sock'), {
      kind: 'unix',
      text: 'unix:/run/db.sock',
      path: '/run/db.sock',
    });
    assert.deepEqual(parseEndpoint('tcp:10.0.0.1:6641'), {
      kind: 'tcp',
      text: 'tcp:10.0.0.1:6641',
      host: '10.0.0.1',
      port: 6641,
    });
    assert.deepEqual(parseEndpoint('ssl:[fd00::1]:6642'), {
      kind: 'ssl',
      text: 'ssl:[fd00::1]:6642',
      host: 'fd00::1',
      port: 6642,
    });
  });

  it('takes the port that is assigned to OVSDB when there is none', () => {
    assert.equal((parseEndpoint('tcp:db.example.org') as { port: number }).port, 6640);
    assert.equal((parseEndpoint('tcp:[::1]') as { port: number }).port, 6640);
  });

  it('refuses a relative socket path and shows the absolute one', () => {
    assert.throws(
      () => parseEndpoint('unix:run/db.sock'),
      (error: Error) => {
        assert.equal((error as { code?: string }).code, 'OVSDB_BAD_ENDPOINT');
        assert.ok(error.message.includes(`unix:${process.cwd()}/run/db.sock`));
        return true;
      },
    );
  });

  it('refuses everything else', () => {
    const bad = [
      '',
      'unix',
      'unix:',
      '/run/db.sock',
      'http://x',
      'tcp:',
      'tcp::6640',
      'tcp:host:0',
      'tcp:host:65536',
    ];
    for (const text of [
      ...bad,
      'tcp:host:x',
      'tcp:fd00::1:6640',
      'tcp:[zz]:6640',
      'ptcp:6640',
      'tcp:[::1',
      'TCP:h:1',
    ]) {
      assert.throws(() => parseEndpoint(text), { code: 'OVSDB_BAD_ENDPOINT' }, text);
    }
  });
});
