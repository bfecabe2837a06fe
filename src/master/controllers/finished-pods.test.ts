import assert from 'node:assert/strict';
import { aPod } from '../../../test/lib/builders.ts';
import type { Pod } from '../../api/types.ts';
import { plan } from './finished-pods.ts';

function ended(name: string, madeAt: string, reason?: string): Pod {
  const pod = aPod({ name });
  pod.metadata.creationTimestamp = `2026-01-01T00:00:${madeAt}Z`;
  pod.status = { phase: reason ? 'Failed' : 'Succeeded', ...(reason ? { reason } : {}) };
  return pod;
}

describe('the collector of finished pods', () => {
  const pods = [
    aPod({ name: 'running', phase: 'Running' }),
    ended('young', '09'),
    ended('old', '01'),
    ended('evicted', '05', 'Evicted'),
    ended('b', '03'),
    ended('a', '03'),
  ];
  const cases: [number, string[]][] = [
    [5, []],
    [4, ['evicted']],
    [2, ['evicted', 'old', 'a']],
    [0, ['evicted', 'old', 'a', 'b', 'young']],
  ];
  for (const [threshold, expected] of cases) {
    it(`leaves ${threshold} of five, evicted ones and the oldest going first`, () =>
      assert.deepEqual(
        plan(pods, threshold).map(({ metadata }) => metadata.name),
        expected,
      ));
  }
});
