import type { OfficialTest } from './catalogue.ts';

export type Outcome =
  | { readonly result: 'passed' | 'not written' | 'not run' }
  | { readonly result: 'failed'; readonly why: string };

export type Results = ReadonlyMap<string, Outcome>;

/** In the order of the table's columns. */
const MARKS = { passed: '✓', failed: '✗', 'not run': '?', 'not written': '–' } as const;

export interface FeatureCount {
  readonly feature: string;
  readonly counts: Readonly<Record<Outcome['result'], number>>;
}

/** How many of each feature's tests ended how. A test without an outcome is not written. */
export function countByFeature(tests: readonly OfficialTest[], results: Results): FeatureCount[] {
  const features = Map.groupBy(tests, ({ feature }) => feature);
  return [...features].map(([feature, members]) => {
    const counts = { passed: 0, failed: 0, 'not run': 0, 'not written': 0 };
    for (const { name } of members) counts[results.get(name)?.result ?? 'not written'] += 1;
    return { feature, counts };
  });
}

/** `watch: 5 passed`, a line each, and the sum. */
export function renderSummary(tests: readonly OfficialTest[], results: Results): string {
  const counted = countByFeature(tests, results);
  const width = Math.max(...counted.map(({ feature }) => feature.length), 5);
  const line = ({ feature, counts }: FeatureCount) => `${feature.padEnd(width)}  ${inWords(counts)}`;
  return [...counted.map(line), line(sumOf(counted))].join('\n');
}

function sumOf(counted: readonly FeatureCount[]): FeatureCount {
  const counts = { passed: 0, failed: 0, 'not run': 0, 'not written': 0 };
  for (const each of counted)
    for (const result of Object.keys(MARKS) as Outcome['result'][]) counts[result] += each.counts[result];
  return { feature: 'total', counts };
}

function inWords(counts: FeatureCount['counts']): string {
  return (Object.keys(MARKS) as Outcome['result'][])
    .filter((result) => counts[result] > 0)
    .map((result) => `${counts[result]} ${result}`)
    .join(', ');
}

/** docs/conformance.md: the table by feature, what fails and why, and every test with its mark. `parseDocument` reads it back. */
export function renderDocument(tests: readonly OfficialTest[], results: Results): string {
  const counted = countByFeature(tests, results);
  const row = ({ feature, counts }: FeatureCount) => {
    const cells = (Object.keys(MARKS) as Outcome['result'][]).map((result) => counts[result] || '');
    return `| ${[feature, ...cells].join(' | ')} |`.replaceAll(/ {2,}/g, ' ');
  };
  const sections = counted.map(({ feature }) => {
    const lines = tests.filter((test) => test.feature === feature).map(({ name }) => itemOf(name, results.get(name)));
    return `### ${feature}\n${lines.join('\n')}`;
  });
  return `# Conformance
Kubernetes 1.37 certifies a cluster by ${tests.length} tests. \`npm run conformance -- [feature or name ...]\` runs those of the same name
in [test/conformance](../test/conformance), written from the documentation, against a cluster of its own, and writes this file.

## By feature
| feature | passed | failed | not run | not written |
|---|---|---|---|---|
${[...counted.map(row), row(sumOf(counted))].join('\n')}

## Every test
${MARKS.passed} passed, ${MARKS.failed} failed (with what it said), ${MARKS['not run']} written but not run, ${MARKS['not written']} not written.

${sections.join('\n\n')}
`;
}

function itemOf(name: string, outcome: Outcome = { result: 'not written' }): string {
  const item = `- ${MARKS[outcome.result]} ${name}`;
  return outcome.result === 'failed' ? `${item}\n  > ${outcome.why}` : item;
}

/** What an earlier run wrote. Lines that are no test are passed over. */
export function parseDocument(text: string): Results {
  const results = new Map<string, Outcome>();
  const lines = text.split('\n');
  for (const [index, line] of lines.entries()) {
    const [, mark, name] = /^- (\S) (.+)$/.exec(line) ?? [];
    if (name === undefined) continue;
    if (mark === MARKS['not run']) results.set(name, { result: 'not run' });
    if (mark === MARKS.passed) results.set(name, { result: 'passed' });
    if (mark === MARKS.failed)
      results.set(name, { result: 'failed', why: (lines[index + 1] ?? '').slice('  > '.length) });
  }
  return results;
}

/** An error's first line, short enough for a list. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, 300);
}
