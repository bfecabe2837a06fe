import assert from 'node:assert/strict';

/** What differs from run to run, by the word that stands for it in an expected screen. */
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  '<age>': '\\d+[smhdy](?:\\d+[smhd])?',
  '<any>': '.*',
  '<id>': '[0-9a-f]{64}',
  '<ip>': '\\d+\\.\\d+\\.\\d+\\.\\d+',
  '<n>': '\\d+',
  '<stamp>': '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?Z',
  '<suffix>': '[a-z0-9]{5}',
  '<time>': '[A-Z][a-z]{2}, \\d\\d [A-Z][a-z]{2} \\d{4} \\d\\d:\\d\\d:\\d\\d [-+]\\d{4}',
  '<uid>': '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}',
};

/**
 * Does a terminal show these words? Runs of spaces count as one, since columns grow with their content; `<age>`, `<ip>` and kin
 * stand for what no two runs share; a line `...` stands for any number of lines, none included.
 */
function showsWords(actual: string, expected: string): boolean {
  return pattern(expected).test(`${squeezed(actual)}\n`);
}

/** @throws AssertionError that shows both, when `actual` is not what is expected. */
export function assertShows(actual: string, expected: string, what = ''): void {
  if (showsWords(actual, expected)) return;
  assert.fail(`${what}\nexpected:\n${squeezed(expected)}\nbut it shows:\n${squeezed(actual)}\n`);
}

/** One space for many, none at the ends of lines, no empty lines at the end. */
function squeezed(text: string): string {
  return text
    .split('\n')
    .map((line) => line.replaceAll(/[ \t]+/g, ' ').trim())
    .join('\n')
    .trimEnd();
}

function pattern(expected: string): RegExp {
  const lines = squeezed(expected)
    .split('\n')
    .map((line) => (line === '...' ? '(?:.*\\n)*?' : `${withPlaceholders(line)}\\n`));
  return new RegExp(`^${lines.join('')}$`);
}

function withPlaceholders(line: string): string {
  return line
    .split(/(<[a-z]+>)/)
    .map((part) => PLACEHOLDERS[part] ?? part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
    .join('');
}
