import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { AwsErrorCode } from '../errors.ts';
import type { ServiceDescription } from '../model/description.ts';
import { readXml } from '../testing/read-xml.ts';
import { parseForm } from './form.ts';
import { parseInput } from './input.ts';
import { escapeXml, serializeAnswer, serializeError } from './xml.ts';

const service: ServiceDescription = {
  service: 'ec2',
  protocol: 'ec2',
  version: '2016-11-15',
  namespace: 'http://ec2.amazonaws.com/doc/2016-11-15',
  operations: { Do: { input: 'In', output: 'Out' }, Silent: { input: 'In' } },
  shapes: {
    In: {
      type: 'structure',
      required: ['Name'],
      members: {
        Name: { shape: 'Text', locationName: 'theName', queryName: 'Called' },
        Count: { shape: 'Count', locationName: 'count' },
        Flag: { shape: 'Flag' },
        Kind: { shape: 'Kind' },
        Data: { shape: 'Data' },
        When: { shape: 'When' },
        Tags: { shape: 'TagList', locationName: 'Tag' },
      },
    },
    Out: {
      type: 'structure',
      members: {
        Items: { shape: 'TagList', locationName: 'itemSet' },
        Flag: { shape: 'Flag', locationName: 'flag' },
        Data: { shape: 'Data', locationName: 'data' },
        When: { shape: 'When', locationName: 'when' },
      },
    },
    TagList: { type: 'list', member: { shape: 'Tag', locationName: 'item' }, max: 3 },
    Tag: {
      type: 'structure',
      members: {
        Key: { shape: 'Text', locationName: 'key' },
        Values: { shape: 'TextList', locationName: 'Value' },
      },
    },
    TextList: { type: 'list', member: { shape: 'Text', locationName: 'item' } },
    Text: { type: 'string' },
    Kind: { type: 'string', enum: ['a', 'b'] },
    Count: { type: 'integer', min: 5, max: 10 },
    Flag: { type: 'boolean' },
    Data: { type: 'blob' },
    When: { type: 'timestamp' },
  },
};

const parse = (text: string) => parseInput(service, 'In', parseForm(`Action=Do&${text}`).parameters);
const refused = (text: string, code: AwsErrorCode, message: RegExp) =>
  assert.throws(() => parse(text), { code, message });

describe('forms', () => {
  it('have an action, a version and parameters; what signs is none', () => {
    const form = parseForm('Action=Do&Version=2016-11-15&A.1=b%20c+d&X-Amz-Signature=1&AWSAccessKeyId=k');
    assert.deepEqual([form.action, form.version], ['Do', '2016-11-15']);
    assert.deepEqual([...form.parameters], [['A.1', 'b c d']]);
  });

  it('are refused without action, with a parameter twice, and when they are endless', () => {
    assert.throws(() => parseForm('Version=1'), { code: 'MissingAction' });
    assert.throws(() => parseForm('Action=Do&A=1&A=2'), { code: 'MalformedQueryString' });
    const endless = Array.from({ length: 10_001 }, (_, index) => `A.${index}=1`).join('&');
    assert.throws(() => parseForm(`Action=Do&${endless}`), { code: 'MalformedQueryString' });
    assert.throws(() => parseForm(`Action=Do&${'a'.repeat(513)}=1`), { code: 'MalformedQueryString' });
  });
});

describe('inputs', () => {
  it('are read by the description: names on the wire, lists, structures, types', () => {
    const { input, given } = parse(
      'Called=x&Count=7&Flag=TRUE&Kind=b&Data=aGk%3D&When=2026-01-02T03:04:05Z&Tag.2.Key=k2&Tag.1.Key=k1&Tag.1.Value.1=v',
    );
    assert.deepEqual(
      { ...input, Data: String(input.Data) },
      {
        Name: 'x',
        Count: 7,
        Flag: true,
        Kind: 'b',
        Data: 'hi',
        When: '2026-01-02T03:04:05.000Z',
        Tags: [{ Key: 'k1', Values: ['v'] }, { Key: 'k2' }],
      },
    );
    assert.ok(given.some(({ path, wireName }) => path === 'Tags.Values' && wireName === 'Tag.1.Value.1'));
  });

  it('may have empty lists', () => {
    assert.deepEqual(parse('Called=x&Tag=').input, { Name: 'x', Tags: [] });
  });

  it('are refused when they do not fit', () => {
    refused('Count=7', 'MissingParameter', /Called/);
    refused('Called=x&Nmae=y', 'UnknownParameter', /Nmae/);
    refused('Called=x&Tag.1.Kye=y', 'UnknownParameter', /Tag\.1\.Kye/);
    refused('Called=x&Called.1=y', 'UnknownParameter', /Called\.1/);
    refused('Called=x&Tag.0.Key=y', 'UnknownParameter', /Tag\.0/);
    refused('Called=x&Tag.one.Key=y', 'UnknownParameter', /Tag\.one/);
    refused('Called=x&Tag.1=y', 'InvalidParameterValue', /Tag\.1/);
    refused('Called=x&Tag=y', 'InvalidParameterValue', /number its items/);
    refused('Called=x&Count=4', 'InvalidParameterValue', /from 5 to 10/);
    refused('Called=x&Count=seven', 'InvalidParameterValue', /no number/);
    refused('Called=x&Flag=yes', 'InvalidParameterValue', /true or false/);
    refused('Called=x&Kind=c', 'InvalidParameterValue', /one of a, b/);
    refused('Called=x&Data=%21', 'InvalidParameterValue', /base64/);
    refused('Called=x&When=soon', 'InvalidParameterValue', /no time/);
    refused(`Called=x&${'Tag.1.'.repeat(9)}Key=y`, 'UnknownParameter', /not recognized/);
    const many = Array.from({ length: 4 }, (_, index) => `Tag.${index + 1}.Key=k`).join('&');
    refused(`Called=x&${many}`, 'InvalidParameterValue', /more than 3/);
  });

  it('never take a name of the language for a parameter', () => {
    for (const name of ['__proto__', 'constructor', 'toString'])
      refused(`Called=x&${name}=y`, 'UnknownParameter', /./);
  });

  it('are read or refused, whatever they are', () => {
    const part = fc.constantFrom(
      'Called',
      'Tag',
      'Key',
      'Value',
      'Count',
      '1',
      '2',
      '0',
      '',
      '__proto__',
      'é',
    );
    const name = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('.'));
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.string())), (pairs) => {
        try {
          parse(new URLSearchParams(pairs).toString());
        } catch (error) {
          assert.equal((error as Error).name, 'AwsError', String(error));
        }
      }),
    );
  });
});

describe('answers', () => {
  it('have the names of the description, in the namespace that was asked for', () => {
    const output = {
      Items: [
        { Key: 'a<b', Values: ['x', 'y'] },
        { Key: 'c', Values: [] },
      ],
      Flag: false,
      Data: Buffer.from('hi'),
      When: '2026-01-02T03:04:05.000Z',
    };
    const text = serializeAnswer(service, 'Do', '2014-10-01', output, 'id-1');
    const { name, namespace, value } = readXml(text);
    assert.deepEqual([name, namespace], ['DoResponse', 'http://ec2.amazonaws.com/doc/2014-10-01/']);
    assert.deepEqual(value, {
      requestId: 'id-1',
      itemSet: [
        { key: 'a<b', Value: ['x', 'y'] },
        { key: 'c', Value: '' },
      ],
      flag: 'false',
      data: 'aGk=',
      when: '2026-01-02T03:04:05.000Z',
    });
  });

  it('of actions without output say that it was done', () => {
    const text = serializeAnswer(service, 'Silent', '2016-11-15', undefined, 'id-1');
    assert.deepEqual(readXml(text).value, { requestId: 'id-1', return: 'true' });
  });

  it('that the description does not know are defects', () => {
    assert.throws(() => serializeAnswer(service, 'Do', '', { Nothing: 1 }, 'id-1'), /no member Nothing/);
  });

  it('carry any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const { value } = readXml(`<a>${escapeXml(`|${text}|`)}</a>`);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: what XML cannot carry
        const possible = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');
        assert.equal(value, `|${possible}|`);
      }),
    );
  });

  it('that refuse have code, message and id where clients look', () => {
    assert.deepEqual(
      readXml(serializeError('InvalidVpcID.NotFound', "The vpc ID '<x>' does not exist", 'id-1')).value,
      {
        Errors: { Error: { Code: 'InvalidVpcID.NotFound', Message: "The vpc ID '<x>' does not exist" } },
        RequestID: 'id-1',
      },
    );
  });
});
