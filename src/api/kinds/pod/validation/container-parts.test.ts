import assert from 'node:assert/strict';
import type { Container, PodSpec } from '../../../types.ts';
import { wrongInContainer } from './test-pod.ts';

type Case = [title: string, container: Partial<Container>, wrong: string[], spec?: Partial<PodSpec>];

function table(cases: readonly Case[]): void {
  for (const [title, container, wrong, spec] of cases) {
    it(title, () => assert.deepEqual(wrongInContainer(container, spec), wrong));
  }
}

describe('validation of env', () => {
  const at = 'spec.containers[0].env[0]';
  const field = (fieldPath: string) => ({ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath } } }] });
  const resource = (ref: { resource: string; divisor?: string }) => ({
    env: [{ name: 'A', valueFrom: { resourceFieldRef: ref } }],
  });
  table([
    ['takes literal values', { env: [{ name: 'A', value: 'b' }] }, []],
    ['wants a name', { env: [{ name: '' }] }, [`${at}.name: Required value`]],
    [
      'wants a name without an equals sign',
      { env: [{ name: 'a=b' }] },
      [
        `${at}.name: Invalid value: "a=b": a valid environment variable name must consist only of printable ASCII characters other than '='`,
      ],
    ],
    [
      'wants one source',
      { env: [{ name: 'A', valueFrom: {} }] },
      [
        `${at}.valueFrom: Invalid value: "": must specify one of: \`fieldRef\`, \`resourceFieldRef\`, \`configMapKeyRef\`, \`secretKeyRef\` or \`fileKeyRef\``,
      ],
    ],
    [
      'wants no more than one source',
      {
        env: [
          {
            name: 'A',
            valueFrom: { fieldRef: { fieldPath: 'metadata.name' }, secretKeyRef: { name: 's', key: 'k' } },
          },
        ],
      },
      [`${at}.valueFrom: Invalid value: "": may not have more than one field specified at a time`],
    ],
    [
      'wants a value or a source',
      { env: [{ name: 'A', value: 'b', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] },
      [`${at}.valueFrom: Invalid value: "": may not be specified when \`value\` is not empty`],
    ],
    ['takes a label by key', field("metadata.labels['app']"), []],
    ['takes annotations by key', field("metadata.annotations['a.b/c']"), []],
    [
      'refuses a key where there is no map',
      field("spec.nodeName['x']"),
      [`${at}.valueFrom.fieldRef: Invalid value: "spec.nodeName": does not support subscript`],
    ],
    [
      'knows the fields it can read',
      field('spec.hostname'),
      [
        `${at}.valueFrom.fieldRef.fieldPath: Unsupported value: "spec.hostname": supported values: "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"`,
      ],
    ],
    ['takes own limits', resource({ resource: 'limits.cpu', divisor: '1m' }), []],
    [
      'knows the resources it can read',
      resource({ resource: 'limits.gpu' }),
      [
        `${at}.valueFrom.resourceFieldRef.resource: Unsupported value: "limits.gpu": supported values: "limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage", "requests.memory"`,
      ],
    ],
    [
      'knows the units of cpu',
      resource({ resource: 'limits.cpu', divisor: '1k' }),
      [
        `${at}.valueFrom.resourceFieldRef.divisor: Invalid value: "limits.cpu": only divisor's values 1m and 1 are supported with the cpu resource`,
      ],
    ],
    [
      'knows the units of memory',
      resource({ resource: 'limits.memory', divisor: '1m' }),
      [
        `${at}.valueFrom.resourceFieldRef.divisor: Invalid value: "limits.memory": only divisor's values 1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei are supported with the memory resource`,
      ],
    ],
    [
      'wants a key of the Secret',
      { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: '' } } }] },
      [`${at}.valueFrom.secretKeyRef.key: Required value`],
    ],
    [
      'wants one source of a whole set',
      { envFrom: [{ prefix: 'a=' }, { configMapRef: { name: 'a' }, secretRef: { name: '' } }] },
      [
        `spec.containers[0].envFrom[0].prefix: Invalid value: "a=": a valid environment variable name must consist only of printable ASCII characters other than '='`,
        'spec.containers[0].envFrom: Invalid value: "": must specify one of: `configMapRef` or `secretRef`',
        'spec.containers[0].envFrom[1].secretRef.name: Required value',
        'spec.containers[0].envFrom: Invalid value: "": may not have more than one field specified at a time',
      ],
    ],
  ]);
});

describe('validation of mounts', () => {
  const at = 'spec.containers[0].volumeMounts';
  const volumes = [{ name: 'v', emptyDir: {} }];
  table([
    ['takes a volume of the pod', { volumeMounts: [{ name: 'v', mountPath: '/a' }] }, [], { volumes }],
    [
      'wants a volume of the pod',
      { volumeMounts: [{ name: 'x', mountPath: '/a' }] },
      [`${at}[0].name: Not found: "x"`],
      { volumes },
    ],
    [
      'wants a path',
      { volumeMounts: [{ name: 'v', mountPath: '' }] },
      [`${at}[0].mountPath: Required value`],
      { volumes },
    ],
    [
      'refuses a colon in the path',
      { volumeMounts: [{ name: 'v', mountPath: '/a:b' }] },
      [`${at}[0].mountPath: Invalid value: "/a:b": must not contain ':'`],
      { volumes },
    ],
    [
      'takes each path once',
      {
        volumeMounts: [
          { name: 'v', mountPath: '/a' },
          { name: 'v', mountPath: '/a' },
        ],
      },
      [`${at}[1].mountPath: Invalid value: "/a": must be unique`],
      { volumes },
    ],
    [
      'keeps a sub-path inside of the volume',
      {
        volumeMounts: [
          { name: 'v', mountPath: '/a', subPath: '/x' },
          { name: 'v', mountPath: '/b', subPath: 'x/../../y' },
          { name: 'v', mountPath: '/c', subPath: 'x', subPathExpr: 'y' },
        ],
      },
      [
        `${at}[0].subPath: Invalid value: "/x": must be a relative path`,
        `${at}[1].subPath: Invalid value: "x/../../y": must not contain '..'`,
        `${at}[2].subPathExpr: Invalid value: "y": subPathExpr and subPath are mutually exclusive`,
      ],
      { volumes },
    ],
    [
      'leaves the way back to the host to privileged containers',
      { volumeMounts: [{ name: 'v', mountPath: '/a', mountPropagation: 'Bidirectional' }] },
      [
        `${at}[0].mountPropagation: Forbidden: Bidirectional mount propagation is available only to privileged containers`,
      ],
      { volumes },
    ],
    [
      'wants read-only mounts where all below is to be read-only',
      { volumeMounts: [{ name: 'v', mountPath: '/a', recursiveReadOnly: 'Enabled' }] },
      [`${at}[0].recursiveReadOnly: Forbidden: may only be specified when readOnly is true`],
      { volumes },
    ],
    [
      'wants a claim behind a device',
      { volumeDevices: [{ name: 'v', devicePath: '/dev/../x' }] },
      [
        'spec.containers[0].volumeDevices[0].name: Invalid value: "v": can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode',
        'spec.containers[0].volumeDevices[0].devicePath: Invalid value: "/dev/../x": can not contain backsteps (\'..\')',
      ],
      { volumes },
    ],
  ]);
});

describe('validation of probes and hooks', () => {
  const at = 'spec.containers[0]';
  table([
    ['takes an HTTP probe with its defaults', { livenessProbe: { httpGet: { port: 'http' } } }, []],
    ['wants a handler', { livenessProbe: {} }, [`${at}.livenessProbe: Required value: must specify a handler type`]],
    [
      'wants no more than one handler',
      { readinessProbe: { exec: { command: ['a'] }, tcpSocket: { port: 1 } } },
      [`${at}.readinessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type`],
    ],
    ['wants a command', { readinessProbe: { exec: {} } }, [`${at}.readinessProbe.exec.command: Required value`]],
    [
      'wants a port, a scheme it knows and headers by name',
      {
        readinessProbe: {
          httpGet: { port: 0, scheme: 'FTP' as 'HTTP', httpHeaders: [{ name: 'a b', value: '' }] },
        },
      },
      [
        `${at}.readinessProbe.httpGet.port: Invalid value: 0: must be between 1 and 65535, inclusive`,
        `${at}.readinessProbe.httpGet.scheme: Unsupported value: "FTP": supported values: "HTTP", "HTTPS"`,
        `${at}.readinessProbe.httpGet.httpHeaders: Invalid value: "a b": a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')`,
      ],
    ],
    [
      'wants one success of a liveness probe',
      { livenessProbe: { grpc: { port: 1 }, successThreshold: 2 } },
      [`${at}.livenessProbe.successThreshold: Invalid value: 2: must be 1`],
    ],
    [
      'wants one success of a startup probe, and no negative numbers',
      { startupProbe: { grpc: { port: 1 }, successThreshold: 3, periodSeconds: -1 } },
      [
        `${at}.startupProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0`,
        `${at}.startupProbe.successThreshold: Invalid value: 3: must be 1`,
      ],
    ],
    [
      'refuses a grace period where nothing is killed',
      { readinessProbe: { grpc: { port: 1 }, terminationGracePeriodSeconds: 5 } },
      [`${at}.readinessProbe.terminationGracePeriodSeconds: Invalid value: 5: must not be set for readinessProbes`],
    ],
    [
      'bounds a sleep by the grace period',
      { lifecycle: { preStop: { sleep: { seconds: 31 } }, postStart: {} } },
      [
        `${at}.lifecycle.postStart: Required value: must specify a handler type`,
        `${at}.lifecycle.preStop.sleep: Invalid value: 31: must be non-negative and less than terminationGracePeriodSeconds (30)`,
      ],
    ],
  ]);
});

describe('validation of resources', () => {
  const at = 'spec.containers[0].resources';
  table([
    [
      'takes cpu, memory and resources of others',
      { resources: { limits: { cpu: '1', memory: '1Gi', 'example.com/gpu': 2 } } },
      [],
    ],
    [
      'wants a request below its limit',
      { resources: { limits: { cpu: '500m' }, requests: { cpu: 1 } } },
      [`${at}.requests: Invalid value: "1": must be less than or equal to cpu limit of 500m`],
    ],
    [
      'refuses negative amounts',
      { resources: { requests: { memory: '-1' } } },
      [`${at}.requests[memory]: Invalid value: "-1": must be greater than or equal to 0`],
    ],
    [
      'refuses text that is no amount',
      { resources: { requests: { memory: '1 GB' } } },
      [
        `${at}.requests[memory]: Invalid value: "1 GB": quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`,
      ],
    ],
    [
      'knows its own names',
      { resources: { requests: { disk: '1' } } },
      [
        `${at}.requests[disk]: Invalid value: "disk": must be a standard resource type or fully qualified`,
        `${at}.requests[disk]: Invalid value: "disk": must be a standard resource for containers`,
      ],
    ],
    [
      'wants a limit for what is not lent twice',
      { resources: { requests: { 'example.com/gpu': 1 } } },
      [`${at}.limits: Required value: Limit must be set for non overcommitable resources`],
    ],
    [
      'wants a request equal to the limit for what is not lent twice',
      { resources: { requests: { 'example.com/gpu': 1 }, limits: { 'example.com/gpu': 2 } } },
      [`${at}.requests: Invalid value: "1": must be equal to example.com/gpu limit of 2`],
    ],
    [
      'wants whole devices',
      { resources: { limits: { 'example.com/gpu': '500m' } } },
      [
        `${at}.limits[example.com/gpu]: Invalid value: "500m": must be an integer`,
        `${at}.requests[example.com/gpu]: Invalid value: "500m": must be an integer`,
      ],
    ],
    [
      'wants cpu or memory beside huge pages',
      { resources: { limits: { 'hugepages-2Mi': '4Mi' } } },
      [`${at}: Forbidden: HugePages require cpu or memory`],
    ],
    [
      'wants whole huge pages',
      { resources: { limits: { 'hugepages-2Mi': '3Mi', cpu: 1 } } },
      [
        `${at}.limits[hugepages-2Mi]: Invalid value: "3Mi": 3Mi is not positive integer multiple of 2Mi`,
        `${at}.requests[hugepages-2Mi]: Invalid value: "3Mi": 3Mi is not positive integer multiple of 2Mi`,
      ],
    ],
    ['wants claims of the pod', { resources: { claims: [{ name: 'x' }] } }, [`${at}.claims[0].name: Not found: "x"`]],
    [
      'wants a pod to cover its containers',
      { resources: { requests: { cpu: '2' } } },
      [
        'spec.resources.requests[cpu]: Invalid value: "1": must be greater than or equal to aggregate container requests of 2',
      ],
      { resources: { requests: { cpu: '1' } } },
    ],
  ]);
});
