import { createHash, createHmac } from 'node:crypto';
import type { Answer, Request } from './http.ts';
import { markTag, type Operation, type Protocol, Refusal, type Shown } from './protocol.ts';

const region = 'us-east-1';
const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const mac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();

/** Signs a form as AWS's clients do (AWS, "Create a signed AWS API request"), with the key of development mode. */
function signedForm(host: string, form: string, now = new Date()): Request {
  const timestamp = now.toISOString().replace(/[-:]|\.\d+/g, '');
  const day = timestamp.slice(0, 8);
  const scope = `${day}/${region}/ec2/aws4_request`;
  const headers = { 'content-type': 'application/x-www-form-urlencoded', host, 'x-amz-date': timestamp };
  const names = Object.keys(headers).join(';');
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const canonical = ['POST', '/', '', lines.join(''), names, hash(form)].join('\n');
  const text = ['AWS4-HMAC-SHA256', timestamp, scope, hash(canonical)].join('\n');
  const key = [day, region, 'ec2', 'aws4_request'].reduce<string | Buffer>(mac, 'AWS4test');
  const signature = mac(key, text).toString('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=test/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  return { method: 'POST', path: '/', headers: { ...headers, authorization }, body: form };
}

const element = (text: string, name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1];

function bodyOf({ status, text }: Answer): string {
  if (status === 200) return text;
  throw new Refusal(status, element(text, 'Code') ?? 'none', element(text, 'Message') ?? text);
}

const shownInterface = (text: string): Shown => ({
  id: element(text, 'networkInterfaceId') ?? '',
  address: element(text, 'privateIpAddress') ?? '',
  mark: new RegExp(`<key>${markTag}</key><value>([^<]*)</value>`).exec(text)?.[1],
});

/** The AWS-compatible API, as clients of a host and port speak it. */
export function aws(host: string): Protocol {
  const operation = <T>(
    name: string,
    form: Readonly<Record<string, string>>,
    result: (answer: Answer) => T,
  ): Operation<T> => {
    const body = new URLSearchParams({ ...form, Version: '2016-11-15' }).toString();
    const writes = !form.Action?.startsWith('Describe');
    return { name, writes, request: () => signedForm(host, body), result };
  };
  const done = (answer: Answer) => void bodyOf(answer);
  return {
    name: 'AWS',
    createInterface: (subnetId, key) =>
      operation(
        'create interface',
        { Action: 'CreateNetworkInterface', SubnetId: subnetId, ClientToken: key },
        (answer) => shownInterface(bodyOf(answer)),
      ),
    removeInterface: (id) =>
      operation('delete interface', { Action: 'DeleteNetworkInterface', NetworkInterfaceId: id }, done),
    readInterface: (id) =>
      operation(
        'read interface',
        { Action: 'DescribeNetworkInterfaces', 'NetworkInterfaceId.1': id },
        (answer) => (/NotFound/.test(answer.text) ? undefined : shownInterface(bodyOf(answer))),
      ),
    findByAddress: (subnetId, address) =>
      operation(
        'find by address',
        {
          Action: 'DescribeNetworkInterfaces',
          'Filter.1.Name': 'subnet-id',
          'Filter.1.Value.1': subnetId,
          'Filter.2.Name': 'private-ip-address',
          'Filter.2.Value.1': address,
        },
        (answer) => {
          const items = bodyOf(answer).split('<networkInterfaceId>').slice(1);
          return items.map((text) => shownInterface(`<networkInterfaceId>${text}`));
        },
      ),
    allocateAddress: (key) =>
      operation(
        'allocate address',
        { Action: 'AllocateAddress', Domain: 'vpc', ClientToken: key },
        (answer) => {
          const text = bodyOf(answer);
          const [id = '', address = ''] = [element(text, 'allocationId'), element(text, 'publicIp')];
          return { id, address, mark: undefined };
        },
      ),
    releaseAddress: (id) =>
      operation('release address', { Action: 'ReleaseAddress', AllocationId: id }, done),
    mark: (id, mark) =>
      operation(
        'mark',
        { Action: 'CreateTags', 'ResourceId.1': id, 'Tag.1.Key': markTag, 'Tag.1.Value': mark },
        done,
      ),
  };
}
