import assert from 'node:assert/strict';
import type { ContainerStatus } from '../../../src/api/types.ts';
import { runCommand } from '../../../src/cli/up/run-command.ts';
import { eventually } from '../../lib/eventually.ts';
import { TestNode } from '../pods/node.ts';

const KILLS = 20;
/** The longest back-off: pushed on, every one of them is over. */
const LONGEST_BACK_OFF_MS = 300_000;
const SERVE = 'trap "exit 0" TERM; while :; do sleep 3600 & wait $!; done';

describe('a pod whose container is killed again and again', () => {
  const node = new TestNode();
  before(() => node.start());
  after(() => node.stop());

  const statusesOf = (uid: string): ContainerStatus[] => {
    const { initContainerStatuses = [], containerStatuses = [] } = node.status(uid);
    return [...initContainerStatuses, ...containerStatuses];
  };
  const statusOf = (uid: string, name: string) => statusesOf(uid).find((status) => status.name === name);
  /** Which container it is and since when, as the status tells. */
  const marks = (uid: string, except: string) =>
    statusesOf(uid)
      .filter(({ name }) => name !== except)
      .map(({ name, containerID, restartCount, state }) => ({ name, containerID, restartCount, state }));

  async function untilRunning(uid: string): Promise<void> {
    await eventually(() => {
      const isReady = node.status(uid).conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
      assert.ok(isReady, JSON.stringify(node.status(uid)));
    });
  }

  async function killOnce(uid: string, name: string, attempt: number): Promise<void> {
    await runCommand('docker', ['kill', node.containerId(uid, name)]);
    await eventually(() => {
      const status = statusOf(uid, name);
      // Kubernetes' back-off is real; only the waiting for it is not.
      if (status?.state?.waiting?.reason === 'CrashLoopBackOff') node.clock.skip(LONGEST_BACK_OFF_MS);
      assert.equal(status?.restartCount, attempt);
      assert.ok(status.state?.running);
    });
  }

  for (const victim of ['main', 'sidecar'] as const) {
    it(`keeps its address and its other containers while ${victim} is killed ${KILLS} times`, async function () {
      this.timeout(180_000);
      const uid = node.assign(
        node.pod(`killed-${victim}`, {
          initContainers: [
            node.container('init', 'true'),
            node.container('sidecar', SERVE, { restartPolicy: 'Always' }),
          ],
          containers: [node.container('main', SERVE)],
        }),
      );
      await untilRunning(uid);
      const before = { ip: node.status(uid).podIP, others: marks(uid, victim) };
      assert.equal(before.others.length, 2);
      for (let kills = 1; kills <= KILLS; kills++) {
        await killOnce(uid, victim, kills);
        assert.deepEqual({ ip: node.status(uid).podIP, others: marks(uid, victim) }, before);
      }
      node.delete(uid);
      await eventually(() => assert.ok(node.reports.gone.has(uid)));
    });
  }
});
