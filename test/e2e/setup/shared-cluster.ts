import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { provideImages } from '../../../src/cli/up/example.ts';
import { RegistryMirror } from '../../../src/cli/up/mirror.ts';
import { TestCluster } from '../../lib/cluster.ts';

const IMAGES = ['nginx:latest', 'busybox:1'] as const;

/**
 * The one cluster (a master, an agent) of all end-to-end files of a run. Whoever imports this has it started before the first test
 * and taken away after the last: the hooks below belong to mocha's root suite, and a module is evaluated once.
 */
export const cluster = new TestCluster();

const mirrorDir = mkdtempSync(join(tmpdir(), 'bramble-images-'));

before('start the cluster', async function () {
  this.timeout(300_000);
  await provideImages(mirrorDir, IMAGES);
  await cluster.start();
});

after('stop the cluster', async function () {
  this.timeout(60_000);
  await cluster.stop();
  await new RegistryMirror(mirrorDir).remove();
  rmSync(mirrorDir, { recursive: true, force: true });
});
