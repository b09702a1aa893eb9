import { features } from '../../controller/features/index.ts';
import { registers, type Stage, stages } from '../../controller/pipeline/index.ts';

const list = (names: readonly string[]) =>
  names.length === 0 ? '—' : names.map((name) => `\`${name}\``).join(', ');

const also = (verb: string, names: readonly string[]) => (names.length > 0 ? `; ${verb} ${list(names)}` : '');

/** The stages as a picture: arrows for goto and conntrack, thick ones back to an earlier stage, dotted ones for calls. */
function picture(): string {
  const lines = (stages as readonly Stage[]).flatMap(({ name, next, back = [], calls = [] }) => [
    ...next.map((to) => `  ${name} --> ${to}`),
    ...back.map((to) => `  ${name} ==> ${to}`),
    ...calls.map((to) => `  ${name} -.-> ${to}`),
  ]);
  return ['```mermaid', 'flowchart TD', ...lines, '```'].join('\n');
}

/** The reference page of the pipeline, from its declaration. */
export function pipelinePage(): string {
  const rows = (stages as readonly Stage[]).map(
    ({ name, purpose, matches, next, back = [], calls = [] }, table) =>
      `| ${table} | \`${name}\` | ${purpose} | ${list(matches)} | ${list(next)}${also('back to', back)}${also('calls', calls)} |`,
  );
  const registerRows = Object.entries(registers).map(
    ([meaning, register]) => `| \`${register}\` | ${meaning} |`,
  );
  const fragments = features
    .flatMap((feature) => feature.fragments.map(({ name, code }) => ({ name, code, feature: feature.name })))
    .sort((a, b) => a.code - b.code)
    .map(
      ({ name, code, feature }) =>
        `| ${code} | \`${name}\` | [${feature}](../../controller/features/${feature}/README.md) |`,
    );
  return `# The pipeline

Every host has the same stages. A packet that no flow of a stage matches is dropped. \`metadata\` is the number of the
VPC; what else the stages tell each other stands in registers.

${picture()}

| table | stage | purpose | may match | goes to |
|---|---|---|---|---|
${rows.join('\n')}

## Registers

| register | meaning |
|---|---|
| \`metadata\` | number of the VPC |
${registerRows.join('\n')}

## Fragments

Each flow belongs to a fragment, and its cookie says to which: prefix \`0x57\` (8 bits), fragment kind (6), number of the
resource (24), version of the content (26). Kinds 60, 61 and 62 are the markers of the global, VPC and host scopes; 63
are learned neighbours.

| kind | fragment | feature |
|---|---|---|
${fragments.join('\n')}
`;
}
