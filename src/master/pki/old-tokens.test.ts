import assert from 'node:assert/strict';
import type { Secret } from '../../api/types.ts';
import { newJoinToken } from './join-tokens.ts';
import { oldTokens } from './old-tokens.ts';

const DAY = 24 * 3_600_000;
const NOW = Date.parse('2026-01-10T00:00:00Z');

function token(expiresAt: number | undefined, change: Partial<Secret> = {}): Secret {
  return { ...newJoinToken({ caHash: 'a'.repeat(64), expiresAt }).secret, ...change };
}

describe('old join tokens', () => {
  const cases: readonly [string, Secret, boolean][] = [
    ['are those that expired a day ago', token(NOW - DAY), true],
    ['are not those that expired today: they still tell so', token(NOW - DAY + 1000), false],
    ['are not those that are good', token(NOW + 1000), false],
    ['are not those that never expire', token(undefined), false],
    ['are no Secrets of another type', token(NOW - 9 * DAY, { type: 'Opaque' }), false],
    [
      'are none that somebody made by hand',
      token(NOW - 9 * DAY, { metadata: { name: 'bootstrap-token-other' } }),
      false,
    ],
  ];
  for (const [title, secret, isOld] of cases) {
    it(title, () => assert.equal(oldTokens([secret], NOW).length, isOld ? 1 : 0));
  }
});
