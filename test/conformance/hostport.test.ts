import assert from 'node:assert/strict';
import { conformance } from './lib/conformance.ts';
import { ask, askerPod, freeNodes, HTTP_PORT, serverPod, UDP_PORT } from './lib/net-servers.ts';
import { Pods } from './lib/pods.ts';

const HOST_PORT = 54323;

conformance(
  '[sig-network] HostPort validates that there is no conflict between pods with same hostPort but different hostIP and protocol [LinuxOnly] [Conformance]',
  async (context) => {
    const pods = new Pods(context);
    const [node] = await freeNodes(context);
    const hostIP = node?.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? '';
    const here = { nodeSelector: { 'kubernetes.io/hostname': node?.metadata.name ?? '' } };
    const publish = (containerPort: number, ip: string, protocol: 'TCP' | 'UDP') => ({
      ports: [{ containerPort, hostPort: HOST_PORT, hostIP: ip, protocol }],
    });
    await pods.create(serverPod('pod1', here, publish(HTTP_PORT, '127.0.0.1', 'TCP')));
    await pods.create(serverPod('pod2', here, publish(HTTP_PORT, hostIP, 'TCP')));
    await pods.create(serverPod('pod3', here, publish(UDP_PORT, hostIP, 'UDP')));
    for (const name of ['pod1', 'pod2', 'pod3']) await pods.ready(name);
    await pods.create(askerPod('host', { ...here, hostNetwork: true }));
    await pods.ready('host');
    const answers = [
      ['pod1', 'http', '127.0.0.1'],
      ['pod2', 'http', hostIP],
      ['pod3', 'udp', hostIP],
    ] as const;
    for (const [name, protocol, address] of answers)
      await context.eventually(async () => assert.equal(await ask(pods, 'host', protocol, [address, HOST_PORT]), name));
  },
);
