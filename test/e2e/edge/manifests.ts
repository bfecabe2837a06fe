import type { KubeObject, PodSpec } from '../../../src/api/types.ts';

/** As long as a test lasts, and then some: what is tried is the node's patience, not the master's. */
const STAYS = ['not-ready', 'unreachable'].map((key) => ({
  key: `node.kubernetes.io/${key}`,
  operator: 'Exists' as const,
  effect: 'NoExecute' as const,
  tolerationSeconds: 300,
}));

const metadata = (name: string) => ({ name, labels: { app: name } });

function workload(kind: 'Deployment' | 'StatefulSet', name: string, spec: Partial<PodSpec>): KubeObject {
  const container = { name: 'main', image: 'nginx:latest' };
  const template = {
    metadata: { labels: { app: name } },
    spec: { terminationGracePeriodSeconds: 1, containers: [container], ...spec },
  };
  const selector = { matchLabels: { app: name } };
  const named = kind === 'StatefulSet' ? { serviceName: name } : {};
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: metadata(name),
    spec: { selector, template, ...named },
  } as KubeObject;
}

const SECRET = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'page' },
  stringData: { 'index.html': 'the page that only the Secret holds' },
};

/** What runs on the node: a server that needs a Secret, a member of a StatefulSet, and one pod that runs once. */
export function objects(traceFolder: string): readonly (readonly [path: string, object: object])[] {
  const once = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: metadata('once'),
    spec: {
      restartPolicy: 'Never',
      tolerations: STAYS,
      volumes: [{ name: 'trace', hostPath: { path: traceFolder, type: 'DirectoryOrCreate' } }],
      containers: [
        {
          name: 'main',
          image: 'busybox:1',
          command: ['sh', '-c', 'echo ran >> /trace/once'],
          volumeMounts: [{ name: 'trace', mountPath: '/trace' }],
        },
      ],
    },
  };
  const page = {
    tolerations: STAYS,
    volumes: [{ name: 'page', secret: { secretName: 'page' } }],
    containers: [
      {
        name: 'main',
        image: 'nginx:latest',
        volumeMounts: [{ name: 'page', mountPath: '/usr/share/nginx/html' }],
      },
    ],
  };
  return [
    ['/api/v1/namespaces/default/secrets', SECRET],
    ['/apis/apps/v1/namespaces/default/deployments', workload('Deployment', 'web', page)],
    ['/apis/apps/v1/namespaces/default/statefulsets', workload('StatefulSet', 'db', {})],
    ['/api/v1/namespaces/default/pods', once],
  ];
}
