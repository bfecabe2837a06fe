import type { Container, Pod, PodSpec } from '../../src/api/types.ts';

export const IMAGE = 'bramble-chaos/busybox:1';

/** Ends at once when asked to, as a server does; process 1 ignores signals that it has no handler for. */
const SERVE = 'trap "exit 0" TERM; while :; do sleep 3600 & wait $!; done';

function container(name: string, script = SERVE, extra: Partial<Container> = {}): Container {
  return { name, image: IMAGE, imagePullPolicy: 'IfNotPresent', command: ['sh', '-c', script], ...extra };
}

const SCRATCH = { name: 'scratch', mountPath: '/scratch' };

/** What pods look like that the client makes: each takes another way through the agent. */
export const SHAPES = {
  plain: { containers: [container('main')] },
  two: { containers: [container('left'), container('right')] },
  init: { initContainers: [container('prepare', 'true')], containers: [container('main')] },
  sidecar: {
    initContainers: [container('proxy', SERVE, { restartPolicy: 'Always' }), container('prepare', 'sleep 1')],
    containers: [container('main')],
  },
  memory: {
    volumes: [{ name: 'scratch', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } }],
    containers: [container('main', SERVE, { volumeMounts: [SCRATCH] })],
  },
  disk: {
    volumes: [{ name: 'scratch', emptyDir: {} }],
    containers: [container('main', SERVE, { volumeMounts: [SCRATCH] }), container('other')],
  },
  stubborn: {
    terminationGracePeriodSeconds: 2,
    containers: [container('main', 'trap "" TERM; while :; do sleep 1; done')],
  },
  hook: {
    terminationGracePeriodSeconds: 3,
    containers: [container('main', SERVE, { lifecycle: { preStop: { exec: { command: ['sleep', '1'] } } } })],
  },
  host: { hostNetwork: true, containers: [container('main')] },
  job: { restartPolicy: 'Never', containers: [container('main', 'sleep 5')] },
} satisfies Record<string, PodSpec>;

export type Shape = keyof typeof SHAPES;

export function podOf(name: string, shape: Shape): Pod {
  const spec: PodSpec = { terminationGracePeriodSeconds: 1, ...SHAPES[shape] };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels: { shape } }, spec };
}
