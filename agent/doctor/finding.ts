/** What one check of a host has found. */
export interface Finding {
  readonly check: string;
  readonly state: 'pass' | 'warn' | 'fail';
  /** What was seen. */
  readonly about: string;
  /** What to do; with everything but `pass`. */
  readonly fix?: string;
}

export const pass = (check: string, about: string): Finding => ({ check, state: 'pass', about });
export const warn = (check: string, about: string, fix: string): Finding => ({
  check,
  state: 'warn',
  about,
  fix,
});
export const fail = (check: string, about: string, fix: string): Finding => ({
  check,
  state: 'fail',
  about,
  fix,
});
