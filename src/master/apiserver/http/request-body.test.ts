import assert from 'node:assert/strict';
import { deleteOptionsOf } from './request-body.ts';

describe('deleteOptionsOf', () => {
  const cases: [string, Record<string, unknown>, string, object][] = [
    ['nothing', {}, '', { preconditions: {} }],
    [
      'the query',
      {},
      'gracePeriodSeconds=5&propagationPolicy=Foreground',
      { gracePeriodSeconds: 5, propagationPolicy: 'Foreground', preconditions: {} },
    ],
    [
      'the body over the query',
      { gracePeriodSeconds: 0 },
      'gracePeriodSeconds=5',
      { gracePeriodSeconds: 0, preconditions: {} },
    ],
    ['orphanDependents', { orphanDependents: true }, '', { propagationPolicy: 'Orphan', preconditions: {} }],
    ['orphanDependents=false', {}, 'orphanDependents=false', { propagationPolicy: 'Background', preconditions: {} }],
    [
      'preconditions',
      { preconditions: { uid: 'u', resourceVersion: '7' } },
      '',
      { preconditions: { uid: 'u', resourceVersion: '7' } },
    ],
  ];
  for (const [title, body, query, expected] of cases) {
    it(`reads ${title}`, () => assert.deepEqual(deleteOptionsOf(body, new URLSearchParams(query)).options, expected));
  }

  it('reads dryRun of either', () => {
    assert.equal(deleteOptionsOf({ dryRun: ['All'] }, new URLSearchParams()).dryRun, true);
    assert.equal(deleteOptionsOf({}, new URLSearchParams('dryRun=All')).dryRun, true);
    assert.equal(deleteOptionsOf({}, new URLSearchParams()).dryRun, false);
  });

  it('refuses two words about dependents', () => {
    const both = { orphanDependents: false, propagationPolicy: 'Background' };
    assert.throws(() => deleteOptionsOf(both, new URLSearchParams()), /cannot be both set/);
  });

  it('refuses what it does not know', () => {
    assert.throws(
      () => deleteOptionsOf({ propagationPolicy: 'Later' }, new URLSearchParams()),
      /supported values: "Background"/,
    );
    assert.throws(() => deleteOptionsOf({ gracePeriodSeconds: 'x' }, new URLSearchParams()), /must be an integer/);
    assert.throws(() => deleteOptionsOf({}, new URLSearchParams('dryRun=Some')), /supported values: "All"/);
  });
});
