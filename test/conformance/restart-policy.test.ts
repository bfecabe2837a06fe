import assert from 'node:assert/strict';
import { IDLE, script } from '../e2e/pods/manifests.ts';
import { conformance } from './lib/conformance.ts';
import { condition, Pods, restarts, stateOf } from './lib/pods.ts';

/** Fails the first time, ends well the second, stays the third. */
const SCRIPT = `echo run >> /runs/all; case $(wc -l < /runs/all) in 1) exit 1;; 2) exit 0;; esac; ${IDLE}`;

const POLICIES = [
  { restartPolicy: 'Always', phase: 'Running', restartCount: 2, state: 'running', ready: true },
  { restartPolicy: 'OnFailure', phase: 'Succeeded', restartCount: 1, state: 'terminated', ready: false },
  { restartPolicy: 'Never', phase: 'Failed', restartCount: 0, state: 'terminated', ready: false },
] as const;

conformance(
  '[sig-node] Container Runtime blackbox test when starting a container that exits should run with the expected status [Conformance] [NodeConformance]',
  async (context) => {
    const pods = new Pods(context);
    const spec = { volumes: [{ name: 'runs', emptyDir: {} }] };
    const container = { volumeMounts: [{ name: 'runs', mountPath: '/runs' }] };
    for (const { restartPolicy, phase, restartCount, state, ready } of POLICIES) {
      const name = restartPolicy.toLowerCase();
      await pods.create(script(name, SCRIPT, { ...spec, restartPolicy }, container));
      await pods.until(name, (seen) => {
        assert.equal(restarts(seen), restartCount);
        assert.equal(seen.status?.phase, phase);
        assert.deepEqual(Object.keys(stateOf(seen)), [state]);
        assert.equal(condition(seen, 'Ready')?.status, ready ? 'True' : 'False');
      });
    }
  },
);
