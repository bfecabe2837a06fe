import assert from 'node:assert/strict';
import type { Container, PodSpec } from '../../../types.ts';
import { wrongInContainer, wrongInSpec } from './test-pod.ts';

type Case = [title: string, container: Partial<Container>, wrong: string[], spec?: Partial<PodSpec>];

function table(cases: readonly Case[]): void {
  for (const [title, container, wrong, spec] of cases) {
    it(title, () => assert.deepEqual(wrongInContainer(container, spec), wrong));
  }
}

describe('validation of containers', () => {
  table([
    ['takes a name and an image', {}, []],
    ['wants a name', { name: '' }, ['spec.containers[0].name: Required value']],
    [
      'wants a name without dots',
      { name: 'a.b' },
      ['spec.containers[0].name: Invalid value: "a.b": must not contain dots'],
    ],
    ['wants an image', { image: undefined }, ['spec.containers[0].image: Required value']],
    [
      'wants no blanks around the image',
      { image: ' nginx' },
      ['spec.containers[0].image: Invalid value: " nginx": must not have leading or trailing whitespace'],
    ],
    [
      'knows its values of a pull policy',
      { imagePullPolicy: 'Sometimes' as 'Never' },
      [
        'spec.containers[0].imagePullPolicy: Unsupported value: "Sometimes": supported values: "Always", "IfNotPresent", "Never"',
      ],
    ],
    [
      'knows its values of a termination message policy',
      { terminationMessagePolicy: 'x' as 'File' },
      [
        'spec.containers[0].terminationMessagePolicy: Unsupported value: "x": supported values: "File", "FallbackToLogsOnError"',
      ],
    ],
    [
      'bounds ports, and knows protocols',
      { ports: [{ containerPort: 0 }, { containerPort: 70000, hostPort: -1, protocol: 'ICMP' as 'TCP' }] },
      [
        'spec.containers[0].ports[0].containerPort: Required value',
        'spec.containers[0].ports[1].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
        'spec.containers[0].ports[1].hostPort: Invalid value: -1: must be between 1 and 65535, inclusive',
        'spec.containers[0].ports[1].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"',
      ],
    ],
    [
      'takes each port name once',
      {
        ports: [
          { name: 'http', containerPort: 1 },
          { name: 'http', containerPort: 2 },
        ],
      },
      ['spec.containers[0].ports[1].name: Duplicate value: "http"'],
    ],
    [
      'takes each host port once for an address and protocol',
      {
        ports: [
          { containerPort: 1, hostPort: 80 },
          { containerPort: 2, hostPort: 80, protocol: 'UDP' },
          { containerPort: 3, hostPort: 80 },
        ],
      },
      ['spec.containers[0].ports[2].hostPort: Duplicate value: "TCP//80"'],
    ],
    [
      'wants the container port itself on the network of the host',
      { ports: [{ containerPort: 80, hostPort: 81 }] },
      [
        'spec.containers[0].ports[0].hostPort: Invalid value: 81: must match `containerPort` when `hostNetwork` is true',
      ],
      { hostNetwork: true },
    ],
    ['lets the defaults set the host port', { ports: [{ containerPort: 80 }] }, [], { hostNetwork: true }],
    [
      'refuses a restart on resize where nothing restarts',
      { resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'RestartContainer' }] },
      [
        "spec.containers[0].resizePolicy: Invalid value: \"RestartContainer\": must be 'NotRequired' when `restartPolicy` is 'Never'",
      ],
      { restartPolicy: 'Never' },
    ],
    [
      'wants a policy beside restart rules',
      { restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [300] } }] },
      [
        'spec.containers[0].restartPolicy: Required value: must specify restartPolicy when restart rules are used',
        'spec.containers[0].restartPolicyRules[0].exitCodes.values[0]: Invalid value: 300: must be between 0 and 255, inclusive',
      ],
    ],
  ]);

  it('wants at least one container', () => {
    assert.deepEqual(wrongInSpec({ containers: [] }), ['spec.containers: Required value']);
  });

  it('takes each name once among all containers', () => {
    const container = { name: 'c', image: 'a' };
    assert.deepEqual(wrongInSpec({ containers: [container, container], initContainers: [container] }), [
      'spec.containers[1].name: Duplicate value: "c"',
      'spec.initContainers[0].name: Duplicate value: "c"',
    ]);
  });
});

describe('validation of init containers', () => {
  const wrong = (container: Partial<Container>) =>
    wrongInSpec({ initContainers: [{ name: 'i', image: 'a', ...container }] });
  const probe = { tcpSocket: { port: 1 } };

  it('takes sidecars with probes', () => {
    assert.deepEqual(wrong({ restartPolicy: 'Always', livenessProbe: probe, lifecycle: {} }), []);
  });

  it('knows no restart policy but Always', () => {
    assert.deepEqual(wrong({ restartPolicy: 'Never' }), [
      'spec.initContainers[0].restartPolicy: Unsupported value: "Never": supported values: "Always"',
    ]);
  });

  it('refuses probes and hooks where nothing stays', () => {
    const text = 'Forbidden: may not be set for init containers without restartPolicy=Always';
    assert.deepEqual(wrong({ lifecycle: {}, livenessProbe: probe, readinessProbe: probe, startupProbe: probe }), [
      `spec.initContainers[0].lifecycle: ${text}`,
      `spec.initContainers[0].livenessProbe: ${text}`,
      `spec.initContainers[0].readinessProbe: ${text}`,
      `spec.initContainers[0].startupProbe: ${text}`,
    ]);
  });
});
