import assert from 'node:assert/strict';
import { clipped, fittedTable, sizeText, wrapped } from './page.ts';

describe('a page of status', () => {
  it('breaks text at spaces, and words that are longer than a line', () => {
    assert.deepEqual(wrapped('one two three', { width: 10, indent: 2, maxLines: 5 }), ['  one two', '  three']);
    assert.deepEqual(wrapped('abcdefghij kl', { width: 6, indent: 1, maxLines: 5 }), [' abcde', ' fghij', ' kl']);
    assert.deepEqual(wrapped('', { width: 6, indent: 1, maxLines: 5 }), []);
  });

  it('says that there is more than it shows', () => {
    const lines = wrapped('one two three four five', { width: 8, indent: 0, maxLines: 2 });
    assert.deepEqual(lines, ['one two', 'three …']);
    assert.equal(clipped('abcdef', 4), 'abc…');
  });

  it('lets the first column give way, down to what can still be told apart', () => {
    const lines = fittedTable(
      [
        ['NODE', 'STATUS'],
        ['a-very-long-name-of-a-node', 'Ready'],
      ],
      24,
    );
    assert.deepEqual(lines, ['NODE              STATUS', 'a-very-long-nam…  Ready']);
  });

  for (const [bytes, text] of [
    [0, '0 B'],
    [999, '999 B'],
    [3400, '3.4 kB'],
    [9_960, '10 kB'],
    [999_600, '1.0 MB'],
    [120_000_000, '120 MB'],
    [5e15, '5000 TB'],
  ] as const) {
    it(`writes ${bytes} bytes as ${text}`, () => assert.equal(sizeText(bytes), text));
  }
});
