import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { UnderLoad } from './rules-under-load-child.ts';

const run = promisify(execFile);
const SECONDS = 10;

describe('rules of Services under load', () => {
  it('refuse nobody while endpoints come and go', async () => {
    const child = join(import.meta.dirname, 'rules-under-load-child.ts');
    const { stdout } = await run('unshare', ['--net', process.execPath, ...process.execArgv, child, String(SECONDS)]);
    const { transactions, connected, failed }: UnderLoad = JSON.parse(stdout);
    console.log(`    ${connected} connections, ${transactions} transactions`);
    assert.deepEqual(failed, {});
    assert.ok(transactions > SECONDS * 10, `${transactions} transactions`);
    assert.ok(connected > SECONDS * 100, `${connected} connections`);
  });
});
