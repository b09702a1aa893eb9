import { agentErrorCodes } from '../../agent/errors.ts';
import { errorCodes } from '../../controller/resources/errors.ts';
import { labErrorCodes } from '../../labs/hosts/errors.ts';
import { openFlowErrors, simulationErrors } from '../../packages/node-openflow/src/errors.ts';
import { ovsdbErrors } from '../../packages/ovsdb-client/src/errors.ts';

function simpleTable(codes: Readonly<Record<string, string>>): string {
  const rows = Object.entries(codes).map(([code, meaning]) => `| \`${code}\` | ${meaning} |`);
  return ['| code | meaning |', '|---|---|', ...rows].join('\n');
}

/** The reference page of error codes, from the registry of each package. */
export function errorsPage(): string {
  const rest = Object.entries(errorCodes).map(
    ([code, { status, meaning }]) => `| \`${code}\` | ${status} | ${meaning} |`,
  );
  return `# Error codes

## REST API

Answers are \`application/problem+json\` with \`code\`, \`field\`, \`value\` and \`fix\`.

| code | HTTP status | meaning |
|---|---|---|
${rest.join('\n')}

## Agent

${simpleTable(agentErrorCodes)}

## node-openflow

${simpleTable({ ...openFlowErrors, ...simulationErrors })}

## ovsdb-client

${simpleTable(ovsdbErrors)}

## Labs

${simpleTable(labErrorCodes)}
`;
}
