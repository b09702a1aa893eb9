import { type AimName, aims, type BedResult, type Finding } from './findings.ts';
import { type OperationName, operations } from './operations.ts';

type Row = readonly string[];

/** The whole result as text for a terminal. */
export function formatReport(results: readonly BedResult[], findings: readonly Finding[]): string {
  return [
    'API call until every affected switch has answered the barrier, in ms',
    table([operationHead, ...operationRows(results)]),
    'Bound to first packet, in ms: from the call that binds an interface to the first packet that its VM gets',
    table([firstPacketHead, ...results.map(firstPacketRow)]),
    'What the network costs',
    table([costHead, ...results.map(costRow)]),
    ...growth(results),
    'Aims, each with what is farthest from it, and with all that misses it',
    table([['', 'at most', 'measured', '', ''], ...findingRows(findings)], [0, 3, 4]),
  ].join('\n');
}

const operationHead = ['', 'interfaces', 'p50', 'p95', 'p99', 'worst', 'switches', 'flow-mods'];
const firstPacketHead = ['interfaces', 'p50', 'p95', 'worst'];
const costHead = ['interfaces', 'loaded in', 'controller', 'per interface', 'flows: host', 'test switches'];

function operationRows(results: readonly BedResult[]): Row[] {
  return (Object.entries(operations) as [OperationName, string][]).flatMap(([name, title]) =>
    results.map(({ size, operations }, index) => {
      const { time, switches, flowMods } = operations[name];
      return [
        index === 0 ? `${name.padEnd(12)} ${title}` : '',
        whole(size),
        ...[time.p50, time.p95, time.p99, time.worst].map(fine),
        whole(switches),
        whole(flowMods),
      ];
    }),
  );
}

const firstPacketRow = ({ size, firstPacket }: BedResult): Row => [
  whole(size),
  ...[firstPacket.p50, firstPacket.p95, firstPacket.worst].map(fine),
];

const costRow = ({ size, loadSeconds, memoryGrowth, realFlows, testFlows }: BedResult): Row => [
  whole(size),
  `${fine(loadSeconds)} s`,
  `+${fine(memoryGrowth / 1e6)} MB`,
  `${whole(memoryGrowth / size)} B`,
  whole(realFlows),
  whole(testFlows),
];

/** Between two sizes, so that what a controller needs in any case does not count. */
function growth(results: readonly BedResult[]): string[] {
  const [smallest, largest] = [results[0], results.at(-1)];
  if (!smallest || !largest || smallest === largest) return [];
  const bytes = (largest.memoryGrowth - smallest.memoryGrowth) / (largest.size - smallest.size);
  return [
    `  Memory is VmRSS of the controller after loading minus before; between the sizes ${whole(bytes)} B per interface.\n`,
  ];
}

function findingRows(findings: readonly Finding[]): Row[] {
  return (Object.keys(aims) as AimName[]).flatMap((aim) => {
    const ordered = findings.filter((finding) => finding.aim === aim).sort((a, b) => b.factor - a.factor);
    return ordered
      .filter(({ verdict }, index) => index === 0 || verdict !== 'met')
      .map((finding, index) => findingRow(finding, index === 0));
  });
}

function findingRow({ aim, what, limit, measured, verdict }: Finding, isFirst: boolean): Row {
  const { title, unit } = aims[aim];
  const format = unit === 'flows' || unit === 'flow-mods' ? whole : fine;
  return [isFirst ? title : '', `${format(limit)} ${unit}`, `${format(measured)} ${unit}`, verdict, what];
}

const whole = (value: number) => Math.round(value).toLocaleString('en');
const fine = (value: number) =>
  value.toLocaleString('en', { maximumFractionDigits: 2, minimumFractionDigits: 1 });

/** Columns named in `left` begin at the left, the others end at the right. */
function table(rows: readonly Row[], left: readonly number[] = [0]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const cells = (row: Row) =>
    row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return left.includes(column) ? cell.padEnd(width) : cell.padStart(width);
    });
  return `${rows.map((row) => `  ${cells(row).join('  ')}`.trimEnd()).join('\n')}\n`;
}
