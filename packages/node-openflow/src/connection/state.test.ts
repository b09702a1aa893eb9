import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DecodedMessage, Message, Version } from '../messages/types.ts';
import { ConnectionState, type StateSettings } from './state.ts';

const settings: StateSettings = {
  versions: [4, 5, 6],
  echoIntervalMs: 1000,
  echoTimeoutMs: 500,
  helloTimeoutMs: 300,
};

function received(message: Message, version = 6, xid = 7): DecodedMessage {
  return { ...message, version, xid };
}

function opened(own: readonly Version[] = settings.versions): ConnectionState {
  const state = new ConnectionState({ ...settings, versions: own });
  state.open(0);
  return state;
}

function ready(): ConnectionState {
  const state = opened();
  state.received(received({ type: 'hello', versions: [4, 6] }), 10);
  return state;
}

describe('ConnectionState', () => {
  it('says hello first, with its highest version and all of them as a bitmap', () => {
    const state = new ConnectionState(settings);
    assert.deepEqual(state.open(0), [
      { do: 'send', message: { type: 'hello', versions: [4, 5, 6] }, version: 6 },
    ]);
    assert.equal(state.phase, 'hello');
  });

  it('agrees on the highest common version of the bitmaps', () => {
    const state = opened([4, 5]);
    assert.deepEqual(state.received(received({ type: 'hello', versions: [1, 4, 6] }), 10), [
      { do: 'ready', version: 4 },
    ]);
    assert.equal(state.version, 4);
  });

  it('agrees on the smaller version when the peer sent no bitmap', () => {
    assert.deepEqual(opened().received(received({ type: 'hello' }, 5), 10), [{ do: 'ready', version: 5 }]);
    assert.deepEqual(opened([4]).received(received({ type: 'hello' }, 9), 10), [{ do: 'ready', version: 4 }]);
  });

  it('refuses a peer without a common version, and says why', () => {
    const state = opened([6]);
    const [refusal, close] = state.received(received({ type: 'hello', versions: [1, 4] }, 4), 10);
    assert.ok(refusal?.do === 'send' && refusal.message.type === 'error');
    assert.equal(refusal.message.errorType, 0);
    assert.equal(refusal.xid, 7);
    assert.deepEqual(close, { do: 'close', reason: 'version-mismatch' });
    assert.deepEqual(opened([5, 6]).received(received({ type: 'hello' }, 4), 10)[1], close);
  });

  it('takes an error instead of a hello as a refusal', () => {
    const error = received({ type: 'error', errorType: 0, errorCode: 0, data: new Uint8Array(0) });
    assert.deepEqual(opened().received(error, 10), [
      { do: 'deliver', message: error },
      { do: 'close', reason: 'version-mismatch' },
    ]);
  });

  it('ends when something else comes before the hello, or nothing', () => {
    assert.deepEqual(opened().received(received({ type: 'barrier-reply' }), 10), [
      { do: 'close', reason: 'protocol-error' },
    ]);
    const state = opened();
    assert.equal(state.deadline, 300);
    assert.deepEqual(state.tick(299), []);
    assert.deepEqual(state.tick(300), [{ do: 'close', reason: 'hello-timeout' }]);
    assert.deepEqual(state.tick(999), []);
  });

  it('answers echo requests with the same data and xid, and passes other messages on', () => {
    const state = ready();
    const data = Uint8Array.from([1, 2]);
    assert.deepEqual(state.received(received({ type: 'echo-request', data }), 20), [
      { do: 'send', message: { type: 'echo-reply', data }, version: 6, xid: 7 },
    ]);
    const message = received({ type: 'barrier-reply' });
    assert.deepEqual(state.received(message, 20), [{ do: 'deliver', message }]);
    assert.deepEqual(state.received(received({ type: 'hello' }), 20), []);
  });

  it('asks after silence and ends when no answer comes', () => {
    const state = ready();
    assert.equal(state.deadline, 1010);
    assert.deepEqual(state.tick(1009), []);
    assert.deepEqual(state.tick(1010), [{ do: 'send', message: { type: 'echo-request' }, version: 6 }]);
    assert.equal(state.deadline, 1510);
    assert.deepEqual(state.tick(1400), []);
    assert.deepEqual(state.tick(1510), [{ do: 'close', reason: 'echo-timeout' }]);
    assert.equal(state.deadline, undefined);
  });

  it('is content with any sign of life', () => {
    const state = ready();
    state.tick(1010);
    state.received(received({ type: 'barrier-reply' }), 1200);
    assert.deepEqual(state.tick(1510), []);
    assert.equal(state.deadline, 2200);
  });

  it('does nothing after the end', () => {
    const state = ready();
    assert.deepEqual(state.close('closed'), [{ do: 'close', reason: 'closed' }]);
    assert.deepEqual(state.close('peer-closed'), []);
    assert.deepEqual(state.received(received({ type: 'barrier-reply' }), 20), []);
    assert.deepEqual(state.tick(9999), []);
  });
});
