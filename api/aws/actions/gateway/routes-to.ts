import type { Batch } from '@weft/controller';

/** Routes to what goes away become black holes, as in AWS; elsewhere they would keep it from going. */
export function blackholeRoutes(
  batch: Batch,
  tables: readonly { readonly id: string }[],
  target: string,
): void {
  for (const { id } of tables) {
    const { spec } = batch.read('route-table', id);
    const routes = spec.routes.map((route) =>
      route.target === target ? { ...route, target: 'blackhole' } : route,
    );
    batch.update('route-table', id, { spec: { routes } });
  }
}
