/** How often something ran, and the processor time that it took, which others on the machine do not lengthen. */
export interface Repeated {
  readonly calls: number;
  readonly cpuMs: number;
}

const step = 200;

/** Runs something for a while, in steps large enough that the clock costs nothing. */
export function repeat(run: () => unknown, forMs: number): Repeated {
  const end = performance.now() + forMs;
  const before = process.threadCpuUsage();
  let calls = 0;
  for (; performance.now() < end; calls += step) {
    for (let i = 0; i < step; i++) run();
  }
  const { user, system } = process.threadCpuUsage(before);
  return { calls, cpuMs: (user + system) / 1000 };
}
