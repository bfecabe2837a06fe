import assert from 'node:assert/strict';
import type { Finding } from './finding.ts';
import { fixesOf, fixText } from './fix.ts';
import { hasProblem, renderFindings, summary } from './report.ts';

const FOUND: readonly Finding[] = [
  { check: 'swap', level: 'ok', what: 'none' },
  {
    check: 'docker',
    level: 'problem',
    what: 'gone',
    means: 'no pods',
    mend: 'get it',
    fix: { do: 'install', packages: ['docker.io'] },
  },
  {
    check: 'nft',
    level: 'problem',
    what: 'gone',
    means: 'no rules',
    mend: 'get it',
    fix: { do: 'install', packages: ['nftables', 'docker.io'] },
  },
];

describe('the report of bramble doctor', () => {
  it('says what is the case, what it means and how to mend it', () => {
    assert.equal(
      renderFindings(FOUND.slice(0, 2), { hasColours: false }),
      ['✓ swap    none', '✗ docker  gone', '          no pods', '          → get it'].join('\n'),
    );
  });

  it('can leave out what is well, and colour marks on a terminal', () => {
    const text = renderFindings(FOUND, { hasColours: true, isBrief: true });
    assert.ok(text.startsWith('\x1b[31m✗\x1b[0m docker'), text);
  });

  it('counts', () => {
    assert.equal(summary(FOUND), '1 ok, no warnings, 2 problems');
    assert.deepEqual([hasProblem(FOUND), hasProblem(FOUND.slice(0, 1))], [true, false]);
  });

  it('installs packages in one go', () => {
    assert.deepEqual(fixesOf(FOUND).map(fixText), ['apt-get install docker.io nftables']);
  });
});
