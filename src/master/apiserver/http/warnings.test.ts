import assert from 'node:assert/strict';
import { Warnings, warningHeader } from './warnings.ts';

describe('warningHeader', () => {
  const cases: [string, string][] = [
    ['plain', '299 - "plain"'],
    ['unknown field "spec.x"', '299 - "unknown field \\"spec.x\\""'],
    ['back\\slash', '299 - "back\\\\slash"'],
    ['naïve\r\nInjected: yes', '299 - "na?ve??Injected: yes"'],
  ];
  for (const [text, expected] of cases)
    it(`quotes ${JSON.stringify(text)}`, () => assert.equal(warningHeader(text), expected));
});

describe('Warnings', () => {
  it('keeps each once, in order', () => {
    const warnings = new Warnings();
    for (const text of ['a', 'b', 'a']) warnings.add(text);
    assert.deepEqual(warnings.headers, ['299 - "a"', '299 - "b"']);
  });

  it('stays within what a header may hold', () => {
    const warnings = new Warnings();
    for (let n = 0; n < 100; n++) warnings.add(`${n} ${'x'.repeat(300)}`);
    assert.ok(warnings.headers.join('').length < 8192);
  });
});
