import assert from 'node:assert/strict';
import type { TokenInfo } from '../../master/pki/join-tokens.ts';
import { tokenTable } from './token.ts';

const HOUR_MS = 3_600_000;
const TOKEN: TokenInfo = { id: 'aaaaaa', description: '', expiresAt: undefined, isSingleUse: false, usedBy: '' };

describe('bramble token list', () => {
  it('says of every token how long, for whom, and what is over', () => {
    const tokens = [
      TOKEN,
      { ...TOKEN, id: 'bbbbbb', expiresAt: 3 * HOUR_MS, isSingleUse: true, description: 'the Pi under the desk' },
      { ...TOKEN, id: 'cccccc', expiresAt: 0, isSingleUse: true, usedBy: 'pi-3' },
    ];
    assert.equal(
      tokenTable(tokens, HOUR_MS),
      [
        'ID       EXPIRES           FOR            DESCRIPTION',
        'aaaaaa   never             many',
        'bbbbbb   in 120m           one machine    the Pi under the desk',
        'cccccc   expired 60m ago   used by pi-3',
      ].join('\n'),
    );
  });
});
