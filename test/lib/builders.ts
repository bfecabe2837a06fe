import type { Container, Node, Pod, PodSpec } from '../../src/api/types.ts';

/** A pod of one container `main`, bare of defaults; what a test is about is given. */
export function aPod(
  options: {
    name?: string;
    namespace?: string;
    uid?: string;
    node?: string;
    labels?: Record<string, string>;
    spec?: Partial<PodSpec>;
    requests?: Record<string, string>;
    phase?: NonNullable<Pod['status']>['phase'];
    deleted?: boolean;
  } = {},
): Pod {
  const name = options.name ?? 'web';
  const container: Container = { name: 'main', image: 'nginx:1', resources: { requests: options.requests } };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: options.namespace ?? 'default',
      uid: options.uid ?? `uid-of-${name}`,
      labels: options.labels,
      generation: 1,
      ...(options.deleted ? { deletionTimestamp: '2026-01-01T00:00:00Z', deletionGracePeriodSeconds: 30 } : {}),
    },
    spec: { containers: [container], nodeName: options.node, ...options.spec },
    status: { phase: options.phase ?? 'Pending' },
  };
}

/** A Ready node of 4 CPUs, 8 GiB and 110 pods. */
export function aNode(
  name = 'pi-1',
  options: {
    labels?: Record<string, string>;
    spec?: Node['spec'];
    allocatable?: Record<string, string>;
  } = {},
): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, uid: `uid-of-${name}`, labels: { 'kubernetes.io/hostname': name, ...options.labels } },
    spec: { ...options.spec },
    status: {
      allocatable: { cpu: '4', memory: '8Gi', pods: '110', ...options.allocatable },
      conditions: [{ type: 'Ready', status: 'True' }],
    },
  };
}
