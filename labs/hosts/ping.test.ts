import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePing } from './ping.ts';

const statistics = (received: number, rest = ''): string =>
  `--- 10.0.0.1 ping statistics ---\n4 packets transmitted, ${received} received, 50% packet loss, time 405ms\n${rest}`;

test('counts and the mean round trip are read', () => {
  const stdout = statistics(2, 'rtt min/avg/max/mdev = 0.429/0.642/0.996/0.251 ms\n');
  assert.deepEqual(parsePing({ code: 1, stdout, stderr: '' }, 'x'), {
    sent: 4,
    received: 2,
    averageMs: 0.642,
    output: stdout,
  });
});

test('no answer and no route are results, anything else is an error', () => {
  const none = parsePing({ code: 1, stdout: statistics(0), stderr: '' }, 'x');
  assert.deepEqual([none.sent, none.received, none.averageMs], [4, 0, undefined]);
  const noRoute = parsePing({ code: 2, stdout: '', stderr: 'ping: connect: Network is unreachable\n' }, 'x');
  assert.deepEqual([noRoute.sent, noRoute.received], [0, 0]);
  const wrong = { code: 2, stdout: '', stderr: 'ping: x: Name or service not known\n' };
  assert.throws(() => parsePing(wrong, 'h1: ping x'), {
    code: 'unexpected-output',
    message: /^h1: ping x: ping: x: Name/,
  });
});
