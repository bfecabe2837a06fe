import assert from 'node:assert/strict';
import { IDLE, script } from '../e2e/pods/manifests.ts';
import { conformance } from './lib/conformance.ts';
import { Pods } from './lib/pods.ts';
import { receiveChannels } from './lib/web-socket.ts';

conformance(
  '[sig-node] Pods should support remote command execution over websockets [Conformance] [NodeConformance]',
  async (context) => {
    const pods = new Pods(context);
    await pods.create(script('main', IDLE));
    await pods.ready('main');
    const query = 'stderr=1&stdout=1&container=main&command=echo&command=remote+execution+test';
    const path = `${pods.all.path('main', 'exec')}?${query}`;
    for (const protocol of ['channel.k8s.io', 'v4.channel.k8s.io', 'v5.channel.k8s.io']) {
      const messages = await receiveChannels(context.connection, path, protocol);
      const on = (channel: number) =>
        Buffer.concat(messages.filter((message) => message.channel === channel).map(({ data }) => data)).toString();
      assert.equal(on(1), 'remote execution test\n', protocol);
      assert.equal(on(2), '', protocol);
    }
  },
);
