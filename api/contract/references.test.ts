import assert from 'node:assert/strict';
import { test } from 'node:test';
import { escaped, mapTexts, parseReference, unescaped, valueAt } from './references.ts';

test('a reference is a name, or a name with a path; anything else is text', () => {
  assert.deepEqual(parseReference('$web'), { name: 'web', path: ['id'] });
  assert.deepEqual(parseReference('$web-1.spec.vpcId'), { name: 'web-1', path: ['spec', 'vpcId'] });
  for (const text of ['web', '$', '$$web', '$1', '$web.', '$web.a.b.c.d.e', 'a $web', `$${'a'.repeat(64)}`]) {
    assert.equal(parseReference(text), undefined, text);
  }
});

test('a path leads only to what a resource has itself', () => {
  const resource = { id: 'vpc-1', spec: { vpcId: 'vpc-2', blocks: ['10.0.0.0/16'] } };
  assert.equal(valueAt(resource, ['id']), 'vpc-1');
  assert.equal(valueAt(resource, ['spec', 'vpcId']), 'vpc-2');
  assert.deepEqual(valueAt(resource, ['spec', 'blocks']), ['10.0.0.0/16']);
  for (const path of [
    ['spec', 'toString'],
    ['spec', 'none', 'none'],
    ['id', 'length'],
  ]) {
    assert.equal(valueAt(resource, path), undefined, path.join('.'));
  }
  assert.equal(valueAt(undefined, ['id']), undefined);
});

test('what begins with a dollar sign is kept by another one', () => {
  for (const text of ['$web', '$$', 'a$b', '', '$']) {
    assert.equal(parseReference(escaped(text)), undefined);
    assert.equal(unescaped(escaped(text)), text);
  }
});

test('texts are replaced however deep, by where they stand', () => {
  const value = { a: 'x', list: ['y', { b: 'z' }], number: 1, nothing: null };
  assert.deepEqual(
    mapTexts(value, (text, field) => `${field}=${text}`, 'spec'),
    { a: 'spec.a=x', list: ['spec.list[0]=y', { b: 'spec.list[1].b=z' }], number: 1, nothing: null },
  );
});
