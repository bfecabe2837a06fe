import assert from 'node:assert/strict';
import { IDLE, job, pod, shell } from '../e2e/pods/manifests.ts';
import { conformance } from './lib/conformance.ts';
import { Pods } from './lib/pods.ts';

/** First line of the file that the node manages. */
const MANAGED = '# Kubernetes-managed hosts file.';

conformance(
  '[sig-node] Kubelet when scheduling an agnhost Pod with hostAliases should write entries to /etc/hosts [Conformance] [NodeConformance]',
  async (context) => {
    const hostAliases = [
      { ip: '123.45.67.89', hostnames: ['foo', 'bar'] },
      { ip: '123.45.67.90', hostnames: ['baz'] },
    ];
    const lines = (await new Pods(context).run(job('main', 'cat /etc/hosts', { hostAliases }))).split('\n');
    assert.equal(lines[0], MANAGED);
    for (const line of ['123.45.67.89\tfoo\tbar', '123.45.67.90\tbaz'])
      assert.ok(lines.includes(line), lines.join('\n'));
  },
);

conformance(
  '[sig-node] KubeletManagedEtcHosts should test kubelet managed /etc/hosts file [LinuxOnly] [Conformance] [NodeConformance]',
  async (context) => {
    const pods = new Pods(context);
    const onHost = { name: 'hosts', hostPath: { path: '/etc/hosts', type: 'File' } } as const;
    const original = { name: 'hosts', mountPath: '/etc/hosts-original' };
    const own = [{ name: 'hosts', mountPath: '/etc/hosts' }, original];
    const container = (name: string, volumeMounts: { name: string; mountPath: string }[]) =>
      shell(name, IDLE, { volumeMounts });
    const spec = { volumes: [onHost] };
    const containers = [container('main', [original]), container('second', [original]), container('own', own)];
    await pods.create(pod('on-pod-network', containers, spec));
    await pods.create(pod('on-host-network', container('main', [original]), { ...spec, hostNetwork: true }));
    for (const name of ['on-pod-network', 'on-host-network']) await pods.ready(name);

    const read = (name: string, container: string, file: string) => pods.exec(name, ['cat', file], container);
    for (const container of ['main', 'second']) {
      assert.ok((await read('on-pod-network', container, '/etc/hosts')).startsWith(MANAGED), container);
    }
    assert.equal(
      await read('on-pod-network', 'own', '/etc/hosts'),
      await read('on-pod-network', 'own', '/etc/hosts-original'),
    );
    assert.ok(!(await read('on-host-network', 'main', '/etc/hosts')).includes(MANAGED));
  },
);
