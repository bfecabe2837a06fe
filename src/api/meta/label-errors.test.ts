import assert from 'node:assert/strict';
import type { StatusCause } from './errors.ts';
import { labelCauses, labelSelectorCauses } from './label-errors.ts';

const text = (causes: StatusCause[]) => causes.map((cause) => `${cause.field}: ${cause.message}`);

describe('labelCauses', () => {
  it('takes absent and right labels', () => {
    assert.deepEqual(labelCauses(undefined, 'metadata.labels'), []);
    assert.deepEqual(labelCauses({ 'a.b/c': 'D-1' }, 'metadata.labels'), []);
  });

  it('judges keys and values at the path of the map', () => {
    const causes = text(labelCauses({ '-a': 'b c' }, 'metadata.labels'));
    assert.equal(causes.length, 2);
    assert.match(causes[0] ?? '', /^metadata\.labels: Invalid value: "-a": name part must consist of/);
    assert.match(causes[1] ?? '', /^metadata\.labels: Invalid value: "b c": a valid label must be an empty string or/);
  });
});

describe('labelSelectorCauses', () => {
  it('takes an absent and an empty selector', () => {
    assert.deepEqual(labelSelectorCauses(undefined, 's'), []);
    assert.deepEqual(labelSelectorCauses({}, 's'), []);
  });

  it('wants values where the operator does', () => {
    const selector = {
      matchExpressions: [
        { key: 'a', operator: 'In' },
        { key: 'a', operator: 'Exists', values: ['x'] },
        { key: 'a', operator: 'Like', values: ['x'] },
      ],
    };
    assert.deepEqual(text(labelSelectorCauses(selector, 's')), [
      "s.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
      "s.matchExpressions[1].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
      's.matchExpressions[2].operator: Invalid value: "Like": not a valid selector operator',
    ]);
  });
});
