import assert from 'node:assert/strict';
import type { Pod, Service } from '../../../src/api/types.ts';
import type { Lab } from '../../lab/lab.ts';
import { eventually } from '../../lib/eventually.ts';
import { PodSpace } from '../pods/pod-space.ts';
import { HELLO_IMAGE } from '../services/hello.ts';
import { perlPod } from './perl-client.ts';
import { sharedLab } from './shared-lab.ts';

const PORTS = [{ port: 8080, targetPort: 80 }];

/** A Deployment of three servers, one on each node, that end as soon as they are told to, and its Service with a node port. */
export async function serversOnAllNodes(space: PodSpace<Lab>, name: string): Promise<Service> {
  const labels = { app: name };
  const container = {
    name: 'main',
    image: HELLO_IMAGE,
    readinessProbe: { httpGet: { port: 80 }, periodSeconds: 1 },
  };
  const spread = {
    maxSkew: 1,
    topologyKey: 'kubernetes.io/hostname',
    whenUnsatisfiable: 'DoNotSchedule',
    labelSelector: { matchLabels: labels },
    matchLabelKeys: ['pod-template-hash'],
  };
  await space.apply(
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name },
      spec: {
        replicas: 3,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { topologySpreadConstraints: [spread], containers: [container] } },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      spec: { type: 'NodePort', selector: labels, ports: PORTS },
    },
  );
  await space.ok(['rollout', 'status', `deployment/${name}`, '--timeout=120s']);
  const pods: Pod[] = JSON.parse(await space.ok(['get', 'pods', '-l', `app=${name}`, '-o', 'json'])).items;
  assert.equal(new Set(pods.map(({ spec }) => spec.nodeName)).size, 3);
  return JSON.parse(await space.ok(['get', 'service', name, '-o', 'json']));
}

/** Servers on all nodes of the shared lab that answer at every node's port, and a pod `client` to ask from. The caller closes the space. */
export async function openServers(name: string) {
  const lab = await sharedLab();
  const space = await PodSpace.open(lab, name);
  const service = await serversOnAllNodes(space, 'echo');
  await space.apply(perlPod('client', 'n1'));
  await space.ready('client');
  const [{ port = 0, nodePort = 0 } = {}] = service.spec.ports ?? [];
  for (const { address } of lab.nodes)
    await eventually(() => lab.host('client').run('curl', ['-sf', `http://${address}:${nodePort}/`]));
  return { lab, space, clusterIp: service.spec.clusterIP ?? '', port, nodePort };
}
