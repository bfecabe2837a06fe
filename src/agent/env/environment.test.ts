import assert from 'node:assert/strict';
import type { ConfigMap, Container, Pod, Secret } from '../../api/types.ts';
import { type EnvContext, resolveEnvironment } from './environment.ts';
import { fieldValue } from './field-ref.ts';
import { resourceValue } from './resource-ref.ts';

const POD: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'web',
    namespace: 'shop',
    uid: 'u1',
    labels: { app: 'web', 'example.com/tier': 'front' },
    annotations: { note: 'a "b"\n\u0001' },
  },
  spec: { nodeName: 'pi-1', serviceAccountName: 'default', containers: [{ name: 'other', resources: {} }] },
};
const MAP: ConfigMap = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'cfg' },
  data: { COLOR: 'blue', 'with.dot': 'd' },
  binaryData: { BIN: 'AAE=' },
};
const SECRET: Secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'sec' }, data: { COLOR: 'cmVk' } };
const CONTEXT: EnvContext = {
  pod: POD,
  podIp: '10.42.0.5',
  hostIp: '192.0.2.1',
  allocatable: { cpu: '4', memory: '8Gi' },
  sources: {
    services: new Map(),
    configMap: (namespace, name) => (namespace === 'shop' && name === 'cfg' ? MAP : undefined),
    secret: (namespace, name) => (namespace === 'shop' && name === 'sec' ? SECRET : undefined),
  },
};

type Env = NonNullable<Container['env']>;
const resolve = (extra: Partial<Container>) => {
  const { env, skipped } = resolveEnvironment({ name: 'app', ...extra }, CONTEXT);
  return { env: Object.fromEntries(env.map(({ name, value }) => [name, value])), skipped };
};

describe('environment of a container', () => {
  const cases: [title: string, container: Partial<Container>, expected: Record<string, string>][] = [
    [
      'lets a variable name those before it, not those after it',
      {
        env: [
          { name: 'EARLY', value: '$(LATE)' },
          { name: 'LATE', value: 'l' },
          { name: 'BOTH', value: '$(EARLY)-$(LATE)' },
        ],
      },
      { EARLY: '$(LATE)', LATE: 'l', BOTH: '$(LATE)-l' },
    ],
    [
      'gives a name that comes twice its last value',
      {
        env: [
          { name: 'PATH', value: '/bin' },
          { name: 'PATH', value: '$(PATH):/opt' },
        ],
      },
      { PATH: '/bin:/opt' },
    ],
    ['keeps a variable without a value', { env: [{ name: 'EMPTY' }] }, { EMPTY: '' }],
    [
      'takes keys of ConfigMap and Secret, which later values can name but which name nothing themselves',
      {
        env: [
          { name: 'C', valueFrom: { configMapKeyRef: { name: 'cfg', key: 'COLOR' } } },
          { name: 'S', valueFrom: { secretKeyRef: { name: 'sec', key: 'COLOR' } } },
          { name: 'BOTH', value: '$(C)$(S)' },
        ],
      },
      { C: 'blue', S: 'red', BOTH: 'bluered' },
    ],
    [
      'leaves a variable out whose optional source or key lacks',
      {
        env: [
          { name: 'A', valueFrom: { configMapKeyRef: { name: 'none', key: 'k', optional: true } } },
          { name: 'B', valueFrom: { secretKeyRef: { name: 'sec', key: 'k', optional: true } } },
        ],
        envFrom: [{ secretRef: { name: 'none', optional: true } }],
      },
      {},
    ],
    [
      'takes all text keys of envFrom under a prefix, the later source holding, and env over both',
      {
        envFrom: [
          { configMapRef: { name: 'cfg' } },
          { prefix: 'P_', configMapRef: { name: 'cfg' } },
          { secretRef: { name: 'sec' } },
        ],
        env: [{ name: 'P_COLOR', value: 'mine of $(COLOR)' }],
      },
      { COLOR: 'red', 'with.dot': 'd', P_COLOR: 'mine of red', 'P_with.dot': 'd' },
    ],
    [
      'shows fields of the pod and resources of a container',
      {
        resources: { limits: { cpu: '250m' } },
        env: [
          { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
          { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '1m' } } },
          { name: 'OTHER', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', containerName: 'other' } } },
        ],
      },
      { IP: '10.42.0.5', CPU: '250', OTHER: '4' },
    ],
  ];
  for (const [title, container, expected] of cases) {
    it(title, () => assert.deepEqual(resolve(container).env, expected));
  }

  const failures: [Env[number]['valueFrom'], string][] = [
    [{ configMapKeyRef: { name: 'none', key: 'k' } }, 'configmap "none" not found'],
    [{ secretKeyRef: { name: 'none', key: 'k' } }, 'secret "none" not found'],
    [{ configMapKeyRef: { name: 'cfg', key: 'k' } }, "couldn't find key k in ConfigMap shop/cfg"],
    [{ configMapKeyRef: { name: 'cfg', key: 'BIN' } }, "couldn't find key BIN in ConfigMap shop/cfg"],
    [{ secretKeyRef: { name: 'sec', key: 'k' } }, "couldn't find key k in Secret shop/sec"],
  ];
  for (const [valueFrom, message] of failures) {
    it(`fails with: ${message}`, () => {
      assert.throws(() => resolve({ env: [{ name: 'A', valueFrom }] }), { name: 'ConfigError', message });
    });
  }

  it('skips keys that no variable can be named after, and says which', () => {
    assert.deepEqual(resolve({ envFrom: [{ prefix: 'a=', configMapRef: { name: 'cfg' } }] }), {
      env: {},
      skipped: [{ kind: 'configMap', source: 'shop/cfg', keys: ['a=COLOR', 'a=with.dot'] }],
    });
  });
});

describe('fieldRef', () => {
  const cases: [string, string][] = [
    ['metadata.name', 'web'],
    ['metadata.namespace', 'shop'],
    ['metadata.uid', 'u1'],
    ["metadata.labels['app']", 'web'],
    ["metadata.labels['example.com/tier']", 'front'],
    ["metadata.labels['none']", ''],
    ["metadata.annotations['note']", 'a "b"\n\u0001'],
    ['metadata.labels', 'app="web"\nexample.com/tier="front"'],
    ['metadata.annotations', 'note="a \\"b\\"\\n\\x01"'],
    ['spec.nodeName', 'pi-1'],
    ['spec.serviceAccountName', 'default'],
    ['status.hostIP', '192.0.2.1'],
    ['status.hostIPs', '192.0.2.1'],
    ['status.podIP', '10.42.0.5'],
    ['status.podIPs', '10.42.0.5'],
  ];
  for (const [path, value] of cases) it(`gives ${path}`, () => assert.equal(fieldValue(CONTEXT, path), value));
});

describe('resourceFieldRef', () => {
  const container: Container = {
    name: 'a',
    resources: { limits: { cpu: '1500m', memory: '100Mi' }, requests: { memory: '1' } },
  };
  const cases: [resource: string, divisor: string | undefined, value: string][] = [
    ['limits.cpu', undefined, '2'],
    ['limits.cpu', '0', '2'],
    ['limits.cpu', '1m', '1500'],
    ['limits.memory', '1Mi', '100'],
    ['limits.memory', '1M', '105'],
    ['limits.memory', undefined, '104857600'],
    ['limits.ephemeral-storage', undefined, '0'],
    ['requests.memory', '1Ki', '1'],
    ['requests.cpu', undefined, '0'],
  ];
  for (const [resource, divisor, value] of cases) {
    it(`gives ${resource} in ${divisor ?? 'units'} as ${value}`, () => {
      assert.equal(resourceValue({ resource, ...(divisor ? { divisor } : {}) }, container, { cpu: '4' }), value);
    });
  }
  it('takes what the node has to give where a limit lacks', () => {
    assert.equal(resourceValue({ resource: 'limits.memory', divisor: '1Gi' }, { name: 'a' }, { memory: '8Gi' }), '8');
  });
});
