import assert from 'node:assert/strict';
import { aPod } from '../../../test/lib/builders.ts';
import type { Pod } from '../../api/types.ts';
import { systemClock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import type { ResourceClient } from '../resource-client.ts';
import { PodReports } from './pod-reports.ts';

/** A log that keeps the messages of its errors. */
function aLog(errors: string[]): Logger {
  const silent = () => {};
  const error = (_facts: unknown, message: string) => errors.push(message);
  const log = { debug: silent, info: silent, warn: silent, error, child: () => log } as unknown as Logger;
  return log;
}

describe('reports of pods', () => {
  it('pass over a status that does not read, say so once, and take the next', async () => {
    const pod = aPod({ node: 'pi-1' });
    const { namespace = '', name, uid = '' } = pod.metadata;
    const written = Promise.withResolvers<Pod>();
    const client = { get: async () => pod, update: async (_: unknown, next: Pod) => written.resolve(next) };
    const errors: string[] = [];
    const reports = new PodReports({
      client: client as unknown as ResourceClient,
      clock: systemClock,
      log: aLog(errors),
    });
    const say = (status: unknown) =>
      reports.report('pi-1', { namespace, name, uid, status: Buffer.from(JSON.stringify(status)) });
    reports.start();
    try {
      say({ phase: 'Running', containerStatuses: { a: 1 } });
      say({ phase: 1 });
      say({ phase: 'Running' });
      assert.equal((await written.promise).status?.phase, 'Running');
      assert.deepEqual(errors, ['a node sends a pod status that is none']);
    } finally {
      await reports.stop();
    }
  });
});
