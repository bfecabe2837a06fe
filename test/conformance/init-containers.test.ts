import assert from 'node:assert/strict';
import type { Pod } from '../../src/api/types.ts';
import { IDLE, pod, shell } from '../e2e/pods/manifests.ts';
import { conformance } from './lib/conformance.ts';
import { condition, Pods, restarts, stateOf } from './lib/pods.ts';

const named = (behaviour: string) => `[sig-node] InitContainer should ${behaviour} [Conformance] [NodeConformance]`;

const withInit = (restartPolicy: 'Always' | 'Never', first: string, second: string, main: string): Pod =>
  pod('main', shell('main', main), {
    restartPolicy,
    initContainers: [shell('init1', first), shell('init2', second)],
  });

/** Both ended well, and the pod says so. */
function initialized(seen: Pod): void {
  assert.equal(condition(seen, 'Initialized')?.status, 'True');
  assert.deepEqual(
    seen.status?.initContainerStatuses?.map(({ name, ready, state }) => [name, ready, state?.terminated?.exitCode]),
    [
      ['init1', true, 0],
      ['init2', true, 0],
    ],
  );
}

function notInitialized(seen: Pod, incomplete: string): void {
  const { status, reason, message } = condition(seen, 'Initialized') ?? {};
  assert.deepEqual(
    { status, reason, message },
    {
      status: 'False',
      reason: 'ContainersNotInitialized',
      message: `containers with incomplete status: ${incomplete}`,
    },
  );
}

/** Never made: no container that came before it is to blame on it. */
function neverStarted(seen: Pod, container: string): void {
  assert.equal(stateOf(seen, container).waiting?.reason, 'PodInitializing', container);
  assert.equal(restarts(seen, container), 0);
}

conformance(named('invoke init containers on a RestartNever pod'), async (context) => {
  const pods = new Pods(context);
  await pods.create(withInit('Never', 'true', 'true', 'true'));
  initialized(await pods.phase('main', 'Succeeded'));
});

conformance(named('invoke init containers on a RestartAlways pod'), async (context) => {
  const pods = new Pods(context);
  await pods.create(withInit('Always', 'true', 'true', IDLE));
  initialized(await pods.phase('main', 'Running'));
});

conformance(named('not start app containers if init containers fail on a RestartAlways pod'), async (context) => {
  const pods = new Pods(context);
  await pods.create(withInit('Always', 'false', 'true', IDLE));
  const seen = await pods.until(
    'main',
    (now) => assert.ok(restarts(now, 'init1') >= 3, 'restarted less often'),
    120_000,
  );
  assert.equal(seen.status?.phase, 'Pending');
  notInitialized(seen, '[init1 init2]');
  for (const container of ['init2', 'main']) neverStarted(seen, container);
});

conformance(
  named('not start app containers and fail the pod if init containers fail on a RestartNever pod'),
  async (context) => {
    const pods = new Pods(context);
    await pods.create(withInit('Never', 'true', 'exit 7', 'true'));
    const seen = await pods.phase('main', 'Failed');
    assert.equal(stateOf(seen, 'init1').terminated?.exitCode, 0);
    assert.equal(stateOf(seen, 'init2').terminated?.exitCode, 7);
    notInitialized(seen, '[init2]');
    neverStarted(seen, 'main');
  },
);
