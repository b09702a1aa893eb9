import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { type Harness, startHarness } from '../testing/harness.ts';
import { referencePage } from './page.ts';

describe('the reference page', () => {
  let api: Harness;
  let page: string;
  let headers: Headers;
  before(async () => {
    api = await startHarness();
    ({ body: page, headers } = await api.call('GET', '/v1/reference'));
  });
  after(() => api.close());

  it('shows every operation and every schema of the OpenAPI document, each at a place of its own', async () => {
    const { body: document } = await api.call('GET', '/v1/openapi.json');
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods as object));
    const anchors = [
      ...operations.map(({ operationId }) => operationId),
      ...Object.keys(document.components.schemas).map((name) => `schema-${name}`),
      ...document.tags.map(({ name }: { name: string }) => `tag-${name}`),
    ];
    assert.ok(operations.length > 80);
    for (const anchor of anchors) {
      assert.equal(page.split(`id="${anchor}"`).length - 1, 1, anchor);
    }
    for (const [, target] of page.matchAll(/href="#([^"]+)"/g)) {
      assert.ok(page.includes(`id="${target}"`), `nothing stands at #${target}`);
    }
  });

  it('loads nothing, runs nothing, and says so to the browser', () => {
    assert.match(headers.get('content-type') ?? '', /^text\/html/);
    assert.doesNotMatch(page, /<script|<link|<img|<iframe|https?:\/\/|\sstyle=|\son\w+=/);
    const [, style = ''] = /<style>(.*)<\/style>/s.exec(page) ?? [];
    const digest = createHash('sha256').update(style).digest('base64');
    const policy = headers.get('content-security-policy') ?? '';
    assert.ok(policy.startsWith(`default-src 'none'; style-src 'sha256-${digest}'`), policy);
  });

  it('shows text as text, whatever stands in a description', () => {
    const made = referencePage({
      info: { title: '<b>&"\'', version: '1', description: '`<script>` is code' },
      tags: [{ name: 't', description: '<i>' }],
      paths: {},
      components: { schemas: {} },
    });
    assert.ok(made.includes('<h1>&lt;b&gt;&amp;&quot;&#39; API</h1>'));
    assert.ok(made.includes('<code>&lt;script&gt;</code> is code'));
    assert.doesNotMatch(made, /<script>|<i>/);
  });
});
