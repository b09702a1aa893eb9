import { actions } from '../../api/aws/actions/index.ts';
import type { AnyAction } from '../../api/aws/define.ts';
import { awsErrorCodes } from '../../api/aws/errors.ts';
import { services } from '../../api/aws/model/description.ts';

const code = (text: string) => `\`${text}\``;

function parametersOf({ supports, only = {} }: AnyAction): string {
  const limited = Object.entries(only).map(([name, values]) => `${code(name)} (${values.join(', ')} only)`);
  return [...supports.filter((name) => !(name in only)).map(code), ...limited].join(', ');
}

function rowOf(action: AnyAction): string {
  return `| \`${action.action}\` | ${parametersOf(action)} | ${action.note ?? ''} |`;
}

/** The reference page of the AWS-compatible API, from the definitions of its actions. */
export function awsPage(): string {
  const tables = [...services().values()].map(({ service, version, operations }) => {
    const own = actions.filter(({ action }) => Object.hasOwn(operations, action));
    const rows = own.sort((a, b) => (a.action < b.action ? -1 : 1)).map(rowOf);
    return `## ${service} ${version}: ${rows.length} actions\n\n| action | parameters | |\n|---|---|---|\n${rows.join('\n')}`;
  });
  const errors = Object.entries(awsErrorCodes).map(
    ([name, { status, meaning }]) => `| \`${name}\` | ${status} | ${meaning} |`,
  );
  return `# AWS-compatible API

Forms to \`POST /\`, as the AWS CLI and the SDKs send them. Every action also takes \`DryRun\`
and \`ClientToken\`. An action that is not listed is refused as \`InvalidAction\`, a parameter of AWS's
that is not listed as \`UnsupportedOperation\`, and one that AWS does not have either as \`UnknownParameter\`. A
parameter is named here as in the SDKs; all that is in it goes with it.

${tables.join('\n\n')}

## Error codes

| code | HTTP status | meaning |
|---|---|---|
${errors.join('\n')}
`;
}
