import { readdirSync, readFileSync } from 'node:fs';
import type { ScriptStep } from './script.ts';

/** A scenario on which model and switches once did not agree. */
export interface Case {
  /** What was wrong, in a sentence. */
  readonly about: string;
  readonly script: readonly ScriptStep[];
}

const folder = new URL('cases/', import.meta.url);

/** The cases that are kept, by file name. */
export function keptCases(): ReadonlyMap<string, Case> {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return new Map(
    files.sort().map((name) => [name, JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Case]),
  );
}

/** The text of a case's file: a step a line. */
export function formatCase({ about, script }: Case): string {
  const steps = script.map((step) => `    ${JSON.stringify(step)}`).join(',\n');
  return `{\n  "about": ${JSON.stringify(about)},\n  "script": [\n${steps}\n  ]\n}\n`;
}
