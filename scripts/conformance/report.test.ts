import assert from 'node:assert/strict';
import { parseCatalogue, select } from './catalogue.ts';
import { countByFeature, type Outcome, parseDocument, reasonOf, renderDocument, renderSummary } from './report.ts';

const TESTS = parseCatalogue('feature\tname\nwatch\tsees all\nwatch\tsees it in order\ntable\tsays 406\n');
const RESULTS = new Map<string, Outcome>([
  ['sees all', { result: 'passed' }],
  ['sees it in order', { result: 'failed', why: 'came second' }],
]);

describe('conformance report', () => {
  it('counts by feature, and a test without outcome as not written', () => {
    assert.deepEqual(countByFeature(TESTS, RESULTS), [
      { feature: 'watch', counts: { passed: 1, failed: 1, 'not run': 0, 'not written': 0 } },
      { feature: 'table', counts: { passed: 0, failed: 0, 'not run': 0, 'not written': 1 } },
    ]);
    assert.match(
      renderSummary(TESTS, RESULTS),
      /^watch {2}1 passed, 1 failed\n.*\ntotal {2}1 passed, 1 failed, 1 not written$/,
    );
  });

  it('is read back as it was written', () => {
    assert.deepEqual(parseDocument(renderDocument(TESTS, RESULTS)), RESULTS);
  });

  it('lists what failed with its reason on one line', () => {
    assert.ok(renderDocument(TESTS, RESULTS).includes('- ✗ sees it in order\n  > came second\n'));
    assert.equal(reasonOf(new Error('not this:\n\n  1 !== 2')), 'not this: 1 !== 2');
  });
});

describe('conformance selection', () => {
  it('takes a feature before names, parts of names otherwise, and everything without words', () => {
    assert.deepEqual(
      select(TESTS, ['watch']).map(({ name }) => name),
      ['sees all', 'sees it in order'],
    );
    assert.deepEqual(
      select(TESTS, ['says', 'order']).map(({ name }) => name),
      ['sees it in order', 'says 406'],
    );
    assert.equal(select(TESTS, []).length, 3);
  });

  it('refuses a word that means no test', () => {
    assert.throws(() => select(TESTS, ['wtach']), /no feature or test is called wtach/);
  });
});
