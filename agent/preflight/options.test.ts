import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { describe, it } from 'node:test';
import { pino } from 'pino';
import { AgentError } from '../errors.ts';
import type { AgentOptions } from '../options.ts';
import { checkOptions } from './options.ts';

const good: AgentOptions = {
  controller: 'http://192.0.2.1:8080',
  ovsdb: 'unix:/run/openvswitch/db.sock',
  host: 'host-1.example',
  tunnelIp: '198.18.0.1',
  bridgeMappings: [{ network: 'external', bridge: 'br-ex' }],
  zone: 'zone-a',
  compute: 'netns',
  logger: pino({ enabled: false }),
};
const root = 0;

function refused(changes: Partial<AgentOptions>, code: string, pattern: RegExp, userId = root): void {
  assert.throws(
    () => checkOptions({ ...good, ...changes }, userId),
    (error: unknown) => {
      assert.ok(error instanceof AgentError);
      assert.equal(error.code, code);
      assert.match(error.message, pattern);
      assert.ok(!error.message.includes('\n'), 'one line');
      assert.ok(error.fix.length > 10);
      return true;
    },
  );
}

describe('preflight of options', () => {
  it('accepts good ones and finds the run directory', () => {
    assert.equal(checkOptions(good, root).runDirectory, '/run/openvswitch');
    assert.equal(checkOptions(good, root).ovsdbSocket, '/run/openvswitch/db.sock');
    assert.equal(checkOptions({ ...good, runDirectory: '/x' }, root).runDirectory, '/x');
  });

  it('needs root for the netns driver only', () => {
    refused({}, 'not-root', /sudo/, 1000);
    assert.ok(checkOptions({ ...good, compute: undefined }, 1000));
  });

  it('shows the absolute form of a relative socket path', () => {
    refused({ ovsdb: 'unix:db.sock' }, 'relative-socket-path', new RegExp(`unix:${resolve('db.sock')}`));
  });

  it('refuses sockets that are not of this host', () => {
    refused({ ovsdb: 'tcp:192.0.2.1:6640' }, 'wrong-endpoint', /unix:/);
  });

  it('refuses controller addresses that are no URL', () => {
    for (const controller of ['192.0.2.1:8080', 'ftp://x', 'http://', '']) {
      refused({ controller }, 'wrong-controller-address', /http:\/\/HOST:PORT/);
    }
  });

  it('refuses tunnel addresses that no tunnel can end at', () => {
    for (const tunnelIp of [
      '300.1.1.1',
      'fd00::1',
      '0.0.0.0',
      '224.0.0.1',
      '255.255.255.255',
      '127.0.0.1',
      '',
    ]) {
      refused({ tunnelIp }, 'wrong-tunnel-address', /--tunnel-ip/);
    }
  });

  it('refuses names with bad characters', () => {
    for (const host of ['a/b', '', '-a', 'a b', 'x'.repeat(64)])
      refused({ host }, 'wrong-host-name', /--host/);
    refused({ zone: 'zone a' }, 'wrong-host-name', /--zone/);
  });

  it('refuses mappings that cannot be', () => {
    const twice = [...good.bridgeMappings, ...good.bridgeMappings];
    refused({ bridgeMappings: twice }, 'wrong-bridge-mapping', /two bridges/);
    refused(
      { bridgeMappings: [{ network: 'a b', bridge: 'x' }] },
      'wrong-bridge-mapping',
      /name of a network/,
    );
    for (const bridge of ['br-int', '']) {
      refused({ bridgeMappings: [{ network: 'a', bridge }] }, 'wrong-bridge-mapping', /cannot be the bridge/);
    }
  });
});
