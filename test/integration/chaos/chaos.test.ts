import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { execPath } from 'node:process';
import { promisify } from 'node:util';

const SCRIPT = resolve(import.meta.dirname, '../../../scripts/chaos.ts');

describe('a cluster in chaos', () => {
  it('comes to order after half a minute of kills of containers, agent, master and Docker', async function () {
    this.timeout(300_000);
    const { stdout } = await promisify(execFile)(execPath, [SCRIPT, '--minutes', '0.5']).catch(
      (failed: { stdout?: string; message: string }) => assert.fail(failed.stdout || failed.message),
    );
    assert.match(stdout, /killed: .*\nlooked for .*\nseed: \d+\nviolations: 0\n$/);
  });
});
