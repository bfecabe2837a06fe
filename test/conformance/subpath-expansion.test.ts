import assert from 'node:assert/strict';
import type { Container, Pod } from '../../src/api/types.ts';
import { IDLE, job, script } from '../e2e/pods/manifests.ts';
import { conformance } from './lib/conformance.ts';
import { consistently, Pods, stateOf } from './lib/pods.ts';

const named = (behaviour: string, tags = '[Conformance] [Slow]') =>
  `[sig-node] Variable Expansion should ${behaviour} ${tags}`;
const VOLUMES = { volumes: [{ name: 'work', emptyDir: {} }] };
const WHOLE = { name: 'work', mountPath: '/volume' };

/** A container with a part of the volume at /sub, found by this expression. */
const mounting = (subPathExpr: string, env: Container['env']): Partial<Container> => ({
  env,
  volumeMounts: [{ name: 'work', mountPath: '/sub', subPathExpr }, WHOLE],
});
const POD_NAME = { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } };
const ANNOTATION = { name: 'ANNOTATION', valueFrom: { fieldRef: { fieldPath: "metadata.annotations['mysubpath']" } } };
const annotated = (pod: Pod, mysubpath: string): Pod => ({
  ...pod,
  metadata: { ...pod.metadata, annotations: { mysubpath } },
});

conformance(named('allow substituting values in a volume subpath', '[Conformance]'), async (context) => {
  const text = 'echo written > /sub/file; cat /volume/main/file';
  const output = await new Pods(context).run(job('main', text, VOLUMES, mounting('$(POD_NAME)', [POD_NAME])));
  assert.equal(output, 'written\n');
});

for (const [what, value] of [
  ['backticks', '..'],
  ['absolute path', '/tmp'],
]) {
  conformance(named(`fail substituting values in a volume subpath with ${what}`), async (context) => {
    const pods = new Pods(context);
    const env = [{ name: 'POD_NAME', value }];
    await pods.create(script('main', IDLE, VOLUMES, mounting('$(POD_NAME)', env)));
    await pods.until('main', (seen) => assert.equal(stateOf(seen).waiting?.reason, 'CreateContainerConfigError'));
    await consistently(async () => assert.equal((await pods.get('main')).status?.phase, 'Pending'), 10_000);
  });
}

conformance(
  named('verify that a failing subpath expansion can be modified during the lifecycle of a container'),
  async (context) => {
    const pods = new Pods(context);
    const pod = script('main', IDLE, VOLUMES, mounting('$(ANNOTATION)/$(POD_NAME)', [POD_NAME, ANNOTATION]));
    await pods.create(annotated(pod, '/absolute'));
    await pods.until('main', (seen) => assert.equal(stateOf(seen).waiting?.reason, 'CreateContainerConfigError'));
    await pods.all.patch('main', { metadata: { annotations: { mysubpath: 'mypath' } } });
    await pods.ready('main', 120_000);
    await pods.exec('main', ['touch', '/sub/file']);
    await pods.exec('main', ['test', '-f', '/volume/mypath/main/file']);
  },
);

conformance(named('succeed in writing subpaths in container'), async (context) => {
  const pods = new Pods(context);
  const pod = script('main', IDLE, VOLUMES, mounting('$(ANNOTATION)/$(POD_NAME)', [POD_NAME, ANNOTATION]));
  await pods.create(annotated(pod, 'mypath'));
  await pods.ready('main');
  await pods.exec('main', ['touch', '/volume/mypath/main/test.log']);
  await pods.exec('main', ['test', '-f', '/sub/test.log']);
  // What a container has mounted stays, whatever the annotation becomes.
  await pods.all.patch('main', { metadata: { annotations: { mysubpath: 'mynewpath' } } });
  await pods.exec('main', ['touch', '/sub/second.log']);
  await pods.exec('main', ['test', '-f', '/volume/mypath/main/second.log']);
  await pods.remove('main');
});
