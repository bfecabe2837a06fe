import assert from 'node:assert/strict';
import { IDLE, script } from '../e2e/pods/manifests.ts';
import { conformance } from './lib/conformance.ts';
import { Pods } from './lib/pods.ts';
import { receive } from './lib/web-socket.ts';

conformance(
  '[sig-node] Kubelet when scheduling a busybox command in a pod should print the output to logs [Conformance] [NodeConformance]',
  async (context) => {
    const pods = new Pods(context);
    await pods.create(script('main', `echo 'Hello World'; ${IDLE}`));
    assert.equal(await pods.output('main', /./), 'Hello World\n');
  },
);

conformance(
  '[sig-node] Pods should support retrieving logs from the container over websockets [Conformance] [NodeConformance]',
  async (context) => {
    const pods = new Pods(context);
    await pods.create(script('main', `echo container is alive; ${IDLE}`));
    await pods.output('main', /alive/);
    const path = `${pods.all.path('main', 'log')}?container=main`;
    const { protocol, messages } = await receive(context.connection, path, ['binary.k8s.io']);
    assert.equal(protocol, 'binary.k8s.io');
    assert.equal(Buffer.concat(messages).toString(), 'container is alive\n');
  },
);
