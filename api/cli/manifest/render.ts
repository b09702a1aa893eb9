import type { BatchPreview, VpcFlows } from '../../contract/index.ts';
import { renderTable } from '../output.ts';
import { nameTag, type Plan, type Step } from './plan.ts';

const signs = { create: '+', update: '~', replace: '±', delete: '-' } as const;
const done = { create: 'created', update: 'changed', replace: 'made anew', delete: 'deleted' } as const;

/** The plan for people: a line for each resource, and below it the fields that change. */
export function renderPlan({ steps, kept }: Plan): string {
  if (steps.length === 0) return `Nothing to do: everything is as the manifest says.\n${renderKept(kept)}`;
  return `${steps.map(renderStep).join('')}${summary(steps)}\n${renderKept(kept)}`;
}

function renderStep({ action, kind, name, id, fields }: Step): string {
  const head = `${signs[action]} ${kind} ${name}${id === undefined ? '' : ` (${id})`}\n`;
  const changes = fields.map(({ field, before, after }) => {
    const from = before === undefined ? '' : `${short(before)} → `;
    return `    ${field}: ${from}${short(after)}\n`;
  });
  return head + changes.join('');
}

const short = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

/** `2 created, 1 changed` */
export function summary(steps: readonly Step[], tense: 'will' | 'did' = 'will'): string {
  const counts = new Map<Step['action'], number>();
  for (const { action } of steps) counts.set(action, (counts.get(action) ?? 0) + 1);
  const parts = [...counts].map(([action, count]) => `${count} ${done[action]}`);
  return tense === 'will' ? `${parts.join(', ')} if it is applied.` : `${parts.join(', ')}.`;
}

function renderKept(kept: Plan['kept']): string {
  if (kept.length === 0) return '';
  const names = kept.map(({ kind, id, tags }) => `${kind} ${tags[nameTag] ?? id}`).join(', ');
  return `No longer in the manifest, and kept: ${names}. With --prune they are deleted.\n`;
}

/** How many flows each host would get and lose, and how many each VPC would cost then. */
export function renderCost({ flows, vpcs }: Pick<BatchPreview, 'flows' | 'vpcs'>): string {
  return renderHosts(flows) + (vpcs.length === 0 ? '' : `Flows of each VPC:\n${renderVpcFlows(vpcs)}`);
}

/** How many flows VPCs cost each of their hosts, and may cost. */
export function renderVpcFlows(vpcs: readonly VpcFlows[]): string {
  const rows = vpcs.map(({ vpcId, flows, limit }) => [vpcId, `${flows}`, `${limit ?? '-'}`]);
  return renderTable([['VPC', 'FLOWS', 'LIMIT'], ...rows]);
}

function renderHosts(flows: BatchPreview['flows']): string {
  if (flows.length === 0) return 'No host gets or loses a flow.\n';
  const rows = flows.map(({ host, added, removed }) => [host, `+${added}`, `-${removed}`]);
  return `Flows on each host:\n${renderTable([['HOST', 'ADDED', 'REMOVED'], ...rows])}`;
}
