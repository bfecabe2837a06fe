import assert from 'node:assert/strict';
import { job, pod } from '../e2e/pods/manifests.ts';
import { conformance } from './lib/conformance.ts';
import { Pods } from './lib/pods.ts';

const NEVER = { restartPolicy: 'Never' } as const;

conformance(
  '[sig-node] Variable Expansion should allow composing env vars into new env vars [Conformance] [NodeConformance]',
  async (context) => {
    const env = [
      { name: 'FOO', value: 'foo-value' },
      { name: 'BAR', value: 'bar-value' },
      { name: 'FOOBAR', value: '$(FOO);;$(BAR)' },
      { name: 'ESCAPED', value: '$$(FOO)' },
      { name: 'UNKNOWN', value: '$(NOT_THERE)' },
    ];
    const output = await new Pods(context).run(job('main', 'env', {}, { env }));
    for (const line of ['FOOBAR=foo-value;;bar-value', 'ESCAPED=$(FOO)', 'UNKNOWN=$(NOT_THERE)']) {
      assert.ok(output.split('\n').includes(line), `${line} is not in\n${output}`);
    }
  },
);

for (const field of ['command', 'args'] as const) {
  conformance(
    `[sig-node] Variable Expansion should allow substituting values in a container's ${field} [Conformance] [NodeConformance]`,
    async (context) => {
      // The shell would run a command of that name: what it prints was substituted before.
      const words = ['sh', '-c', 'echo "$(TEST_VAR)"'];
      const container = { name: 'main', image: 'busybox:1', env: [{ name: 'TEST_VAR', value: 'test-value' }] };
      const output = await new Pods(context).run(pod('main', { ...container, [field]: words }, NEVER));
      assert.equal(output, 'test-value\n');
    },
  );
}
