interface Named {
  readonly name: string;
  readonly [member: string]: unknown;
}

interface Container extends Named {
  env: Named[];
}

interface Deployment {
  readonly apiVersion: 'apps/v1';
  readonly kind: 'Deployment';
  readonly metadata: { readonly name: string; readonly namespace: string; readonly labels: Record<string, string> };
  readonly spec: {
    readonly replicas: number;
    readonly selector: { readonly matchLabels: Record<string, string> };
    readonly strategy: Record<string, unknown>;
    readonly template: {
      readonly metadata: { readonly labels: Record<string, string>; readonly finalizers: string[] };
      readonly spec: { containers: Container[]; tolerations?: unknown[]; readonly [member: string]: unknown };
    };
  };
}

const selector = { matchLabels: { app: 'web' } };
const metadata = { name: 'web', namespace: 'default', labels: { app: 'web' } };
const spread = (topologyKey: string, maxSkew: number) => ({
  topologyKey,
  maxSkew,
  whenUnsatisfiable: 'ScheduleAnyway',
  labelSelector: selector,
});

/** Two deployments that differ in every kind of list and object that a strategic merge treats in its own way. */
export const BEFORE: Deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata,
  spec: {
    replicas: 2,
    selector,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: '25%' } },
    template: {
      metadata: { labels: { app: 'web' }, finalizers: ['a/1', 'a/2'] },
      spec: {
        containers: [
          {
            name: 'web',
            image: 'nginx:1',
            args: ['a', 'b'],
            env: [
              { name: 'A', value: '1' },
              { name: 'B', value: '2' },
              { name: 'C', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } } },
            ],
            ports: [{ containerPort: 80, name: 'http' }, { containerPort: 443 }],
            volumeMounts: [
              { name: 'v', mountPath: '/v' },
              { name: 'w', mountPath: '/w' },
            ],
            resources: { limits: { cpu: '1', memory: '64Mi' } },
          },
          { name: 'gone', image: 'busybox', env: [] },
        ],
        imagePullSecrets: [{ name: 'one' }, { name: 'two' }],
        hostAliases: [{ ip: '10.0.0.1', hostnames: ['a'] }],
        topologySpreadConstraints: [spread('zone', 1), spread('host', 1)],
        nodeSelector: { disk: 'ssd' },
        volumes: [
          { name: 'v', emptyDir: {} },
          { name: 'w', configMap: { name: 'cm', items: [{ key: 'k', path: 'p' }] } },
        ],
      },
    },
  },
};

export const AFTER: Deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata,
  spec: {
    replicas: 3,
    selector,
    strategy: { type: 'Recreate' },
    template: {
      metadata: { labels: { app: 'web' }, finalizers: ['a/3', 'a/2'] },
      spec: {
        containers: [
          { name: 'first', image: 'busybox', env: [{ name: 'X', value: 'y' }] },
          {
            name: 'web',
            image: 'nginx:2',
            args: ['c'],
            env: [
              { name: 'C', value: 'plain' },
              { name: 'A', value: '1' },
              { name: 'D', value: '4' },
            ],
            ports: [{ containerPort: 8080 }, { containerPort: 80, name: 'web' }],
            volumeMounts: [{ name: 'v', mountPath: '/v', readOnly: true }],
            resources: { limits: { cpu: '2' } },
          },
        ],
        imagePullSecrets: [{ name: 'two' }],
        hostAliases: [{ ip: '10.0.0.1', hostnames: ['b', 'c'] }],
        topologySpreadConstraints: [spread('host', 2)],
        nodeSelector: { disk: 'nvme' },
        volumes: [{ name: 'v', configMap: { name: 'cm' } }],
      },
    },
  },
};
