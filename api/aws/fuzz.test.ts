import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type AwsErrorCode, awsErrorCodes } from './errors.ts';
import { allActions, fittingForm } from './testing/fitting-forms.ts';
import { authorization, type Harness, startHarness } from './testing/harness.ts';
import { populate } from './testing/populate.ts';
import { chanceOf, encodeForm, KnownIds, randomForm } from './testing/random-forms.ts';
import { readXml } from './testing/read-xml.ts';

/** Longer than any of these takes on a busy machine, and shorter than work that grows faster than the request. */
const patienceMs = 5_000;

interface Refusal {
  readonly Code?: AwsErrorCode;
}

describe('random forms', () => {
  let api: Harness;
  before(async () => {
    api = await startHarness();
    await api.infrastructure();
  });
  after(() => api.close());

  /** Requests that were refused; none of them may have written anything. */
  const refusals = new Set<string>();

  async function requireNothingWritten() {
    const written = await api.running.controller.audit.query({ outcome: 'done', limit: 100_000 });
    const wrong = written.filter(({ requestId }) => refusals.has(requestId));
    assert.deepEqual(wrong, []);
    assert.ok(refusals.size > 0);
    const defects = api.log.filter((line) => line.msg === 'defect');
    assert.deepEqual(defects, []);
  }

  async function post(body: Uint8Array<ArrayBuffer> | string) {
    const response = await fetch(api.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: authorization('us-east-1'),
      },
      body,
      signal: AbortSignal.timeout(patienceMs),
    });
    const text = await response.text();
    const { value } = readXml(text);
    if (response.status !== 200) refusals.add(response.headers.get('x-amzn-requestid') ?? '');
    // STS says it in the query protocol, without the list.
    const answer = value as { Errors?: { Error?: Refusal }; Error?: Refusal };
    const code = (answer.Errors?.Error ?? answer.Error)?.Code;
    return { status: response.status, code, text };
  }

  /** @throws AssertionError when it is not done, and not refused as everything has to be */
  async function send(body: Uint8Array<ArrayBuffer> | string) {
    const shown = Buffer.from(body).toString('latin1').slice(0, 1000);
    const { status, code, text } = await post(body);
    assert.ok(status < 500, `${shown}: ${status} ${text}`);
    if (status === 200) return { done: true, text };
    assert.ok(code !== undefined && Object.hasOwn(awsErrorCodes, code), `${shown}: ${text}`);
    assert.equal(status, awsErrorCodes[code].status);
    assert.ok(text.length < 5_000, `${shown}: an answer of ${text.length} characters`);
    return { done: false, text };
  }

  it('of all actions are done, or refused with a code of the list and nothing written', async () => {
    const known = new KnownIds();
    await populate(api, known);
    let done = 0;
    const total = 1000;
    for (let seed = 1; seed <= total; seed++) {
      const chance = chanceOf(seed);
      const answer = await send(encodeForm(chance, randomForm(chance, known)));
      known.learn(answer.text);
      done += Number(answer.done);
    }
    assert.ok(done > total / 10 && done < total * 0.9, `${done} of ${total} were done`);
    await requireNothingWritten();
  });

  it('that fit are done, for every action', async () => {
    for (const action of allActions) {
      const { parameters, region } = await fittingForm(api, action);
      await api.ok(action, parameters, region);
    }
  });

  it('with a pattern of many wildcards take no longer than others', async () => {
    const pattern = `${'*a'.repeat(200_000)}b`;
    await send(
      `Action=CreateVpc&CidrBlock=10.0.0.0%2F16&TagSpecification.1.ResourceType=vpc&TagSpecification.1.Tag.1.Key=a&TagSpecification.1.Tag.1.Value=${'a'.repeat(256)}`,
    );
    const { done } = await send(`Action=DescribeVpcs&Filter.1.Name=tag%3Aa&Filter.1.Value.1=${pattern}`);
    assert.equal(done, true);
  });

  it('that are huge, deep or no forms at all are refused in short time', async () => {
    const bodies: (string | Uint8Array<ArrayBuffer>)[] = [
      '',
      '=',
      '&&&&',
      'Action',
      'Action=',
      'Action=DescribeVpcs&Action=DescribeVpcs',
      'x'.repeat(2 * 1024 * 1024),
      `Action=DescribeVpcs&${'a=1&'.repeat(200_000)}`,
      `Action=DescribeVpcs&${Array.from({ length: 50_000 }, (_, index) => `VpcId.${index + 1}=a`).join('&')}`,
      `Action=DescribeVpcs&Filter${'.1.Value'.repeat(100_000)}=a`,
      `Action=DescribeVpcs&Filter${'.1'.repeat(200)}=a`,
      `Action=CreateVpc&CidrBlock=${'1'.repeat(900_000)}`,
      `Action=${'A'.repeat(900_000)}`,
      'Action=DescribeVpcs&%ff%fe=%c3%28',
      'Action=CreateSecurityGroup&GroupName=%ED%A0%80&GroupDescription=%00',
      '{"Action":"DescribeVpcs"}',
      '<Action>DescribeVpcs</Action>',
      new Uint8Array([0xff, 0xfe, 0x00, 0xc3, 0x28]),
    ];
    const chance = chanceOf(7);
    for (let count = 0; count < 200; count++) {
      bodies.push(Uint8Array.from({ length: Math.floor(chance() * 300) }, () => Math.floor(chance() * 256)));
    }
    for (const body of bodies) {
      const { done, text } = await send(body);
      assert.equal(done, false, `${String(body).slice(0, 80)}: ${text}`);
    }
    await requireNothingWritten();
  });
});
