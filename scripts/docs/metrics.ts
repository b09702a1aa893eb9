import { type Definition, definitions, Instruments } from '../../controller/metrics/index.ts';

const code = (text: string) => `\`${text}\``;

/** The reference page of metrics: the controller's from their registry, the process's as the library names them. */
export function metricsPage(): string {
  const own = Object.entries<Definition>(definitions).map(
    ([name, { type, unit, labels = [], help }]) =>
      `| ${code(name)} | ${type} | ${unit} | ${labels.map(code).join(', ')} | ${help} |`,
  );
  const process = new Instruments().registry
    .getMetricsAsArray()
    .filter(({ name }) => !(name in definitions))
    .map(({ name, type, help }) => `| ${code(name)} | ${type} | ${help} |`);
  const buckets = Object.entries<Definition>(definitions)
    .filter(([, { type }]) => type === 'histogram')
    .map(([name, { buckets = [] }]) => `- ${code(name)}: ${buckets.join(', ')}`);
  return `# Metrics

\`GET /metrics\` of each controller answers in Prometheus's text format. \`GET /v1/health\` says that the controller
lives, \`GET /v1/ready\` whether it can take writes and bring them to switches.

Gauges are read when they are asked for. No label has values that grow with the network: there is nothing for one
interface, flow or host.

## Controller

| metric | type | unit | labels | meaning |
|---|---|---|---|---|
${own.join('\n')}

Upper bounds of the histograms, in seconds:

${buckets.join('\n')}

## Process

| metric | type | meaning |
|---|---|---|
${process.join('\n')}
`;
}
