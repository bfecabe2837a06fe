import assert from 'node:assert/strict';
import type { DaemonName } from '../lib/installation.ts';
import { daemonsOf } from './daemons-of.ts';

const CASES: readonly (readonly [string, readonly DaemonName[]])[] = [
  ['src/master/store/sqlite.ts', ['master']],
  ['src/agent/pods/worker.ts', ['agent']],
  ['src/api/types.ts', ['master', 'agent']],
  ['src/lib/clock.ts', ['master', 'agent']],
  ['proto/node.proto', ['master', 'agent']],
  ['src/master/config.test.ts', []],
  ['src/cli/up/up.ts', []],
  ['src/master/.build.ts.swp', []],
  ['src/', []],
];

describe('npm run dev', () => {
  for (const [file, daemons] of CASES) {
    it(`starts ${daemons.join(' and ') || 'nothing'} again for ${file}`, () =>
      assert.deepEqual(daemonsOf(file), daemons));
  }
});
