import assert from 'node:assert/strict';
import type { Container } from '../../src/api/types.ts';
import { pod } from '../e2e/pods/manifests.ts';
import { conformance } from './lib/conformance.ts';
import { Pods } from './lib/pods.ts';

/** busybox has the command `sh` and no entrypoint, nginx runs nginx: what is left out is the image's. */
const once = (container: Partial<Container>) =>
  pod('main', { name: 'main', image: 'busybox:1', ...container }, { restartPolicy: 'Never' });

conformance(
  '[sig-node] Containers should use the image defaults if command and args are blank [Conformance] [NodeConformance]',
  async (context) => {
    const pods = new Pods(context);
    await pods.create(pod('main', { name: 'main', image: 'nginx:latest', ports: [{ containerPort: 80 }] }));
    await pods.ready('main');
    assert.match(await pods.exec('main', ['sh', '-c', 'tr "\\0" " " < /proc/1/cmdline']), /nginx/);
  },
);

conformance(
  "[sig-node] Containers should be able to override the image's default arguments (container cmd) [Conformance] [NodeConformance]",
  async (context) => {
    assert.equal(
      await new Pods(context).run(once({ args: ['echo', 'override', 'arguments'] })),
      'override arguments\n',
    );
  },
);

conformance(
  "[sig-node] Containers should be able to override the image's default command (container entrypoint) [Conformance] [NodeConformance]",
  async (context) => {
    assert.match(await new Pods(context).run(once({ command: ['id'] })), /^uid=0/);
  },
);

conformance(
  "[sig-node] Containers should be able to override the image's default command and arguments [Conformance] [NodeConformance]",
  async (context) => {
    const both = once({ command: ['printf', '%s|'], args: ['override', 'the arguments'] });
    assert.equal(await new Pods(context).run(both), 'override|the arguments|');
  },
);
