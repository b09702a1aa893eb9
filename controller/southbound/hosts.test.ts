import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HostIndex } from './hosts.ts';

test('the subscribers of a scope are found without looking at other hosts', () => {
  const hosts = new HostIndex();
  const one = hosts.ensure('one', () => ['global', 'host:one']);
  const two = hosts.ensure('two', () => ['global', 'vpc:a']);
  assert.equal(
    hosts.ensure('one', () => assert.fail('known already')),
    one,
  );
  assert.deepEqual([...hosts.subscribers('global')], [one, two]);
  assert.deepEqual([...hosts.subscribers('vpc:a')], [two]);
  assert.deepEqual([...hosts.subscribers('vpc:b')], []);
  assert.equal(hosts.subscribe(one, 'vpc:a'), true);
  assert.equal(hosts.subscribe(one, 'vpc:a'), false);
  assert.deepEqual(hosts.hostIds('vpc:a'), ['two', 'one']);
});

test('revisions share the list of subscribers until it changes', () => {
  const hosts = new HostIndex();
  const one = hosts.ensure('one', () => ['vpc:a']);
  const list = hosts.hostIds('vpc:a');
  assert.equal(hosts.hostIds('vpc:a'), list);
  hosts.ensure('two', () => ['vpc:a']);
  assert.deepEqual(hosts.hostIds('vpc:a'), ['one', 'two']);
  hosts.unsubscribe(one, 'vpc:a');
  assert.deepEqual(hosts.hostIds('vpc:a'), ['two']);
  assert.deepEqual(list, ['one'], 'what was handed out stays as it was');
});

test('a host that is removed subscribes to nothing', () => {
  const hosts = new HostIndex();
  const one = hosts.ensure('one', () => ['global', 'vpc:a']);
  hosts.setScopes(one, ['global', 'vpc:b']);
  assert.deepEqual([hosts.hostIds('vpc:a'), hosts.hostIds('vpc:b')], [[], ['one']]);
  hosts.remove(one);
  assert.equal(hosts.get('one'), undefined);
  assert.deepEqual(hosts.hostIds('global'), []);
});
