import assert from 'node:assert/strict';
import { expand, namesWithoutValue } from './expand.ts';

describe('expand', () => {
  const values = new Map([
    ['A', 'alpha'],
    ['B', ''],
    ['C', '$(A)'],
  ]);
  const cases: [string, string, string][] = [
    ['puts a value in', 'x $(A) y', 'x alpha y'],
    ['puts an empty value in', '[$(B)]', '[]'],
    ['leaves unknown names as they are written', '$(NOPE)', '$(NOPE)'],
    ['makes one dollar of two', '$$(A)', '$(A)'],
    ['reads an escaped dollar before a reference', '$$$(A)', '$alpha'],
    ['leaves a lone dollar alone', 'cost $5', 'cost $5'],
    ['leaves an open reference alone', '$(A', '$(A'],
    ['does not expand what a value holds', '$(C)', '$(A)'],
    ['leaves a shell variable alone', '$A', '$A'],
    ['keeps a dollar at the end', 'A$', 'A$'],
  ];
  for (const [title, text, expected] of cases) {
    it(title, () => assert.equal(expand(text, values), expected));
  }

  it('names what has no value, but for what is escaped', () => {
    assert.deepEqual(namesWithoutValue('$(A)/$(NOPE)/$$(NEITHER)/$(B)/$(MORE)', values), ['NOPE', 'MORE']);
  });
});
