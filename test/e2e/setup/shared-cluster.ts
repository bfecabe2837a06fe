import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { provideImages } from '../../../src/cli/up/example.ts';
import { RegistryMirror } from '../../../src/cli/up/mirror.ts';
import { TestCluster } from '../../lib/cluster.ts';

const run = promisify(execFile);
const IMAGES = ['nginx:latest', 'busybox:1'] as const;

/**
 * The one cluster (a master, an agent) of all end-to-end files of a run. Whoever imports this has it started before the first test
 * and taken away after the last: the hooks below belong to mocha's root suite, and a module is evaluated once.
 */
export const cluster = new TestCluster();

const mirrorDir = mkdtempSync(join(tmpdir(), 'bramble-images-'));

before('start the cluster', async function () {
  this.timeout(300_000);
  if (!(await canPull())) await provideImages(mirrorDir, IMAGES);
  await cluster.start();
});

after('stop the cluster', async function () {
  this.timeout(60_000);
  await cluster.stop();
  await new RegistryMirror(mirrorDir).remove();
  rmSync(mirrorDir, { recursive: true, force: true });
});

/** `npm test` has given the engine a mirror already; a machine at work has its own registry. */
async function canPull(): Promise<boolean> {
  try {
    for (const image of IMAGES) await run('docker', ['pull', '-q', image]);
    return true;
  } catch {
    // Whatever the reason, the engine needs another source; a real fault of it shows when that is set up.
    return false;
  }
}
