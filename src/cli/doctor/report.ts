import type { Finding, Level } from './finding.ts';

const MARKS: Readonly<Record<Level, string>> = { ok: '✓', warning: '!', problem: '✗' };
const COLOURS: Readonly<Record<Level, string>> = { ok: '32', warning: '33', problem: '31' };

export interface ReportOptions {
  /** Escape sequences, for a terminal. */
  readonly hasColours: boolean;
  /** Leaves out what is well. */
  readonly isBrief?: boolean;
}

/** Findings as a person reads them: what is the case, and below it what it means and how to mend it. */
export function renderFindings(found: readonly Finding[], { hasColours, isBrief = false }: ReportOptions): string {
  const width = Math.max(0, ...found.map(({ check }) => check.length));
  const indent = ' '.repeat(width + 4);
  return found
    .filter(({ level }) => !isBrief || level !== 'ok')
    .flatMap(({ check, level, what, means, mend }) => [
      `${mark(level, hasColours)} ${check.padEnd(width)}  ${what}`,
      ...(means ? [`${indent}${means}`] : []),
      ...(mend ? [`${indent}→ ${mend}`] : []),
    ])
    .join('\n');
}

function mark(level: Level, hasColours: boolean): string {
  return hasColours ? `\x1b[${COLOURS[level]}m${MARKS[level]}\x1b[0m` : MARKS[level];
}

/** `12 ok, 1 warning, no problems` */
export function summary(found: readonly Finding[]): string {
  const count = (level: Level) => found.filter((finding) => finding.level === level).length;
  const some = (n: number, word: string) => `${n === 0 ? 'no' : n} ${word}${n === 1 ? '' : 's'}`;
  return `${count('ok')} ok, ${some(count('warning'), 'warning')}, ${some(count('problem'), 'problem')}`;
}

export function hasProblem(found: readonly Finding[]): boolean {
  return found.some(({ level }) => level === 'problem');
}
