export { CompileMeter } from './compile-meter.ts';
export { PrometheusMetrics } from './controller-metrics.ts';
export { type Definition, definitions } from './definitions.ts';
export { Instruments } from './instruments.ts';
export { MeasuredStore } from './measured-store.ts';
export { missingParts } from './readiness.ts';
export type * from './types.ts';
