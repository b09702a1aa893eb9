import type { ServiceDescription } from '../model/description.ts';
import { shapeOf } from '../model/description.ts';

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text of an element. Characters that XML 1.0 cannot carry at all (section 2.2) are replaced. */
export function escapeXml(text: string): string {
  return (
    text
      .replace(/[&<>"]/g, (character) => escapes[character] as string)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that XML forbids
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
      .replace(/\r/g, '&#xD;')
  );
}

const element = (name: string, content: string) => `<${name}>${content}</${name}>`;

/** The answer of an action as its clients read it. `version` is the one that was asked for: some clients look for it. */
export function serializeAnswer(
  service: ServiceDescription,
  action: string,
  version: string,
  output: Readonly<Record<string, unknown>> | undefined,
  requestId: string,
): string {
  const operation = service.operations[action];
  const head = '<?xml version="1.0" encoding="UTF-8"?>\n';
  const namespace =
    service.protocol === 'ec2'
      ? `http://ec2.amazonaws.com/doc/${version || service.version}/`
      : service.namespace;
  const members =
    operation?.output === undefined
      ? element('return', 'true')
      : serializeMembers(service, operation.output, output ?? {});
  const body =
    service.protocol === 'ec2'
      ? element('requestId', requestId) + members
      : element(operation?.resultWrapper ?? `${action}Result`, members) +
        element('ResponseMetadata', element('RequestId', requestId));
  return `${head}<${action}Response xmlns="${escapeXml(namespace)}">${body}</${action}Response>`;
}

/** The answer to a request that was refused. */
export function serializeError(code: string, message: string, requestId: string): string {
  const error = element('Code', escapeXml(code)) + element('Message', escapeXml(message));
  const inner = element('Errors', element('Error', error)) + element('RequestID', requestId);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('Response', inner)}`;
}

/** The same in the query protocol (STS). */
export function serializeQueryError(code: string, message: string, requestId: string): string {
  const error =
    element('Type', 'Sender') + element('Code', escapeXml(code)) + element('Message', escapeXml(message));
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element(
    'ErrorResponse',
    element('Error', error) + element('RequestId', requestId),
  )}`;
}

function serializeMembers(
  service: ServiceDescription,
  shapeName: string,
  value: Readonly<Record<string, unknown>>,
): string {
  const shape = shapeOf(service, shapeName);
  if (shape.type !== 'structure') throw new Error(`${shapeName} is no structure`);
  let text = '';
  for (const name of Object.keys(value)) {
    const member = shape.members[name];
    if (!member) throw new Error(`${shapeName} has no member ${name}`);
    if (value[name] === undefined) continue;
    text += element(member.locationName ?? name, serializeValue(service, member.shape, value[name]));
  }
  return text;
}

function serializeValue(service: ServiceDescription, shapeName: string, value: unknown): string {
  const shape = shapeOf(service, shapeName);
  switch (shape.type) {
    case 'structure':
      return serializeMembers(service, shapeName, value as Record<string, unknown>);
    case 'list': {
      const name = shape.member.locationName ?? (service.protocol === 'ec2' ? 'item' : 'member');
      return [...(value as Iterable<unknown>)]
        .map((item) => element(name, serializeValue(service, shape.member.shape, item)))
        .join('');
    }
    case 'blob':
      return Buffer.from(value as Uint8Array).toString('base64');
    default:
      return escapeXml(String(value));
  }
}
