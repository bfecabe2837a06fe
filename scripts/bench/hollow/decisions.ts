import type { Node, Pod } from '../../../src/api/types.ts';
import { ClusterState } from '../../../src/master/scheduler/cluster-state.ts';
import { schedule } from '../../../src/master/scheduler/cycle.ts';
import { podInfo } from '../../../src/master/scheduler/pod-info.ts';
import { atLeast, type Figure } from '../measurement.ts';

/** The scheduler's decisions alone, each on top of the ones before it: no API, no disk. */
export function decisions(nodeCount: number, podCount: number): Figure[] {
  const antiAffinity = (pod: Pod): Pod['spec'] => ({
    ...pod.spec,
    affinity: {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'shy' } } },
        ],
      },
    },
  });
  const spread = (pod: Pod): Pod['spec'] => ({
    ...pod.spec,
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'zone',
        whenUnsatisfiable: 'DoNotSchedule',
        labelSelector: { matchLabels: { app: 'shy' } },
      },
    ],
  });
  const rate = (count: number, specOf: (pod: Pod) => Pod['spec']) => decisionsPerSecond(nodeCount, count, specOf);
  return [
    {
      name: 'decisions, plain pods',
      value: rate(podCount, ({ spec }) => spec),
      unit: 'a second',
      goal: atLeast(1_000),
    },
    { name: 'decisions, spread over zones', value: rate(podCount / 10, spread), unit: 'a second' },
    { name: 'decisions, anti-affinity', value: rate(podCount / 20, antiAffinity), unit: 'a second' },
  ];
}

function decisionsPerSecond(nodeCount: number, podCount: number, specOf: (pod: Pod) => Pod['spec']): number {
  const cluster = new ClusterState({
    namespaceLabels: () => ({}),
    kinSelector: () => undefined,
    architecturesOf: () => undefined,
    storage: { claim: () => undefined, storageClass: () => undefined, volumes: () => [] },
  });
  for (let i = 0; i < nodeCount; i++) cluster.setNode(node(i));
  const start = performance.now();
  let startAt = 0;
  for (let i = 0; i < podCount; i++) {
    const bare = pod(i);
    const info = podInfo({ ...bare, spec: specOf(bare) });
    const outcome = schedule(info, cluster, startAt);
    if (outcome.node === undefined) throw new Error(outcome.message);
    startAt = (startAt + outcome.looked) % nodeCount;
    cluster.assume(info, outcome.node);
  }
  return podCount / ((performance.now() - start) / 1000);
}

function node(i: number): Node {
  const labels = { 'kubernetes.io/hostname': `n${i}`, zone: `z${i % 10}` };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: `n${i}`, labels },
    spec: {},
    status: { allocatable: { cpu: '4', memory: '8Gi', pods: '110' } },
  };
}

function pod(i: number): Pod {
  const resources = { requests: { cpu: '50m', memory: '32Mi' } };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `p${i}`, namespace: 'default', uid: `u${i}`, labels: { app: 'shy' } },
    spec: { containers: [{ name: 'main', image: 'busybox:1', resources }] },
  };
}
