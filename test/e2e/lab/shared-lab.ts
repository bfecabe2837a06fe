import { randomBytes } from 'node:crypto';
import { Lab } from '../../lab/lab.ts';

let shared: Promise<Lab> | undefined;

/**
 * The one lab (a master, three nodes) of all files of a run, built for the first test that asks. It is taken away after the last:
 * the hook below belongs to mocha's root suite, and a module is evaluated once. Whoever harms it heals it.
 */
export function sharedLab(): Promise<Lab> {
  shared ??= Lab.up({ name: `e2e-${randomBytes(4).toString('hex')}` });
  return shared;
}

after('take the lab away', async function () {
  this.timeout(120_000);
  // One that did not come up has taken itself away, and the test that asked for it has failed.
  await (await shared?.catch(() => undefined))?.down();
});
