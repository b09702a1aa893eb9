import { type OpenVSwitch, type Operation, opsFor } from 'ovsdb-client';
import { type ControllerRow, findBridge, integrationBridge, type OvsTables } from './tables.ts';

const ops = opsFor<OpenVSwitch>();

/** Milliseconds: come back fast, and notice a controller that is gone. */
const settings = { max_backoff: 1000, inactivity_probe: 5000, connection_mode: 'out-of-band' } as const;

/**
 * The operations that make the targets the controllers of br-int; none when they are. The set goes from one value to
 * the next in one step: were it empty in between, Open vSwitch would remove every flow.
 */
export function planTargets(tables: OvsTables, targets: readonly string[]): Operation<OpenVSwitch>[] {
  const bridge = findBridge(tables, integrationBridge);
  if (!bridge || targets.length === 0) return [];
  const present = new Map<string, ControllerRow>();
  for (const id of bridge.controller) {
    const row = tables.controllers.get(id);
    if (row) present.set(row.target, row);
  }
  const wanted = [...new Set(targets)];
  const kept = wanted.flatMap((target) => present.get(target) ?? []);
  const missing = wanted.filter((target) => !present.has(target));
  const corrections = kept
    .filter((row) => !hasSettings(row))
    .map((row) => ops.update('Controller', ops.byUuid(row._uuid), settings));
  if (missing.length === 0 && bridge.controller.length === wanted.length) return corrections;
  const controller = [
    ...kept.map(({ _uuid }) => _uuid),
    ...missing.map((_, index) => ops.namedUuid(`target_${index}`)),
  ];
  return [
    ...corrections,
    ...missing.map((target, index) => ops.insert('Controller', { target, ...settings }, `target_${index}`)),
    ops.update('Bridge', ops.byUuid(bridge._uuid), { controller }),
  ];
}

function hasSettings(row: ControllerRow): boolean {
  return Object.entries(settings).every(([column, value]) => row[column as keyof typeof settings] === value);
}
