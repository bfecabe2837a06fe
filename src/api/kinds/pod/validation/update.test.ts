import assert from 'node:assert/strict';
import type { Pod, PodSpec, PodStatus } from '../../../types.ts';
import type { NodeSelectorTerm } from '../parts.ts';
import { differences, isSame } from './difference.ts';
import { validatePodStatusUpdate } from './status-update.ts';
import { podOf, textOf } from './test-pod.ts';
import { validatePodUpdate } from './update.ts';

const MAY_NOT =
  'spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)\n';

const TERMS = 'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms';
const isSsd = { key: 'disk', operator: 'Exists' } as const;
const isNear = { key: 'zone', operator: 'Exists' } as const;

function required(...nodeSelectorTerms: NodeSelectorTerm[]): PodSpec['affinity'] {
  return { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } };
}

describe('validation of a pod update', () => {
  const image = (name: string): Partial<PodSpec> => ({
    containers: [{ name: 'c', image: name, imagePullPolicy: 'Never' }],
  });
  const toleration = { key: 'a', operator: 'Exists', effect: 'NoExecute' } as const;
  const cases: [title: string, old: Partial<PodSpec>, spec: Partial<PodSpec>, wrong: string[]][] = [
    ['takes a new image', image('a'), image('b'), []],
    ['wants an image', image('a'), image(''), ['spec.containers[0].image: Required value']],
    [
      'keeps the number of containers',
      {},
      { initContainers: [{ name: 'i', image: 'a' }] },
      ['spec.initContainers: Forbidden: pod updates may not add or remove containers'],
    ],
    ['takes a deadline', {}, { activeDeadlineSeconds: 10 }, []],
    ['takes an earlier deadline', { activeDeadlineSeconds: 10 }, { activeDeadlineSeconds: 9 }, []],
    [
      'refuses a later deadline',
      { activeDeadlineSeconds: 10 },
      { activeDeadlineSeconds: 11 },
      ['spec.activeDeadlineSeconds: Invalid value: 11: must be less than or equal to previous value'],
    ],
    [
      'refuses to drop a deadline',
      { activeDeadlineSeconds: 10 },
      {},
      ['spec.activeDeadlineSeconds: Invalid value: null: must not update from a positive integer to nil value'],
    ],
    [
      'takes one more toleration',
      { tolerations: [toleration] },
      { tolerations: [{ operator: 'Exists' }, toleration] },
      [],
    ],
    [
      'takes another time of a toleration',
      { tolerations: [toleration] },
      { tolerations: [{ ...toleration, tolerationSeconds: 5 }] },
      [],
    ],
    [
      'refuses to drop a toleration',
      { tolerations: [toleration] },
      { tolerations: [] },
      ['spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds'],
    ],
    [
      'takes a gate away',
      { schedulingGates: [{ name: 'a' }, { name: 'b' }] },
      { schedulingGates: [{ name: 'b' }] },
      [],
    ],
    [
      'refuses another gate',
      {},
      { schedulingGates: [{ name: 'b' }] },
      ["spec.schedulingGates[0].name: Forbidden: only deletion is allowed, but found new scheduling gate 'b'"],
    ],
    [
      'takes a narrower choice of nodes while gated',
      { schedulingGates: [{ name: 'a' }] },
      { schedulingGates: [{ name: 'a' }], nodeSelector: { a: 'b' } },
      [],
    ],
    [
      'takes a narrower node affinity while gated',
      { schedulingGates: [{ name: 'a' }], affinity: required({ matchExpressions: [isSsd] }) },
      { schedulingGates: [{ name: 'a' }], affinity: required({ matchExpressions: [isSsd, isNear] }) },
      [],
    ],
    [
      'takes a first node affinity while gated',
      { schedulingGates: [{ name: 'a' }] },
      { schedulingGates: [], affinity: required({ matchExpressions: [isSsd] }) },
      [],
    ],
    [
      'refuses another node affinity while gated',
      { schedulingGates: [{ name: 'a' }], affinity: required({ matchExpressions: [isSsd] }) },
      { schedulingGates: [{ name: 'a' }], affinity: required({ matchExpressions: [isNear] }) },
      [
        `${TERMS}[0]: Invalid value: {"matchExpressions":[{"key":"zone","operator":"Exists"}]}: only additions are allowed (no mutations or deletions)`,
      ],
    ],
    [
      'refuses one more alternative of node affinity while gated',
      { schedulingGates: [{ name: 'a' }], affinity: required({ matchExpressions: [isSsd] }) },
      {
        schedulingGates: [{ name: 'a' }],
        affinity: required({ matchExpressions: [isSsd] }, { matchExpressions: [isSsd] }),
      },
      [
        `${TERMS}: Invalid value: [{"matchExpressions":[{"key":"disk","operator":"Exists"}]},{"matchExpressions":[{"key":"disk","operator":"Exists"}]}]: no additions/deletions to non-empty NodeSelectorTerms list are allowed`,
      ],
    ],
    ['mends a negative grace period', { terminationGracePeriodSeconds: -1 }, { terminationGracePeriodSeconds: 1 }, []],
    [
      'refuses another grace period',
      {},
      { terminationGracePeriodSeconds: 1 },
      [`${MAY_NOT}-spec.terminationGracePeriodSeconds: 30\n+spec.terminationGracePeriodSeconds: 1`],
    ],
    [
      'refuses another node',
      { nodeName: 'a' },
      { nodeName: 'b' },
      [`${MAY_NOT}-spec.nodeName: "a"\n+spec.nodeName: "b"`],
    ],
    [
      'refuses another command beside an image',
      image('a'),
      { containers: [{ name: 'c', image: 'b', imagePullPolicy: 'Never', command: ['x'] }] },
      [`${MAY_NOT}+spec.containers[0].command: ["x"]`],
    ],
    [
      'sees one amount in two texts',
      { containers: [{ name: 'c', image: 'a', resources: { limits: { cpu: '1000m' } } }] },
      { containers: [{ name: 'c', image: 'a', resources: { limits: { cpu: 1 } } }] },
      [],
    ],
  ];
  for (const [title, old, spec, wrong] of cases) {
    it(title, () => assert.deepEqual(textOf(validatePodUpdate(podOf(spec), podOf(old))), wrong));
  }

  it('keeps what a mirror pod is', () => {
    const mirror = podOf({}, { annotations: { 'kubernetes.io/config.mirror': 'x' } });
    assert.deepEqual(textOf(validatePodUpdate(podOf({}), mirror)), [
      'metadata.annotations[kubernetes.io/config.mirror]: Forbidden: may not remove or update mirror pod annotation',
    ]);
  });
});

describe('differences', () => {
  it('sees nothing between absent and empty', () => {
    assert.ok(isSame({ a: [], b: {}, c: undefined }, {}));
    assert.ok(!isSame({ a: [1] }, {}));
  });

  it('names the leaves that changed', () => {
    assert.deepEqual(differences({ a: { b: [1, 3] } }, { a: { b: [1, 2] }, c: 'x' }, 's'), [
      '-s.a.b[1]: 2',
      '+s.a.b[1]: 3',
      '-s.c: "x"',
    ]);
  });
});

describe('validation of a pod status update', () => {
  const withStatus = (status: PodStatus, spec: Partial<PodSpec> = {}): Pod => ({ ...podOf(spec), status });
  const container = (state: NonNullable<PodStatus['containerStatuses']>[number]['state']) => ({
    containerStatuses: [{ name: 'c', image: '', imageID: '', ready: false, restartCount: 0, state }],
  });
  const wrong = (status: PodStatus, old: PodStatus, spec: Partial<PodSpec> = {}) =>
    textOf(validatePodStatusUpdate(withStatus(status, spec), withStatus(old, spec)));

  it('takes addresses of both families', () => {
    const ips = [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }];
    assert.deepEqual(wrong({ podIPs: ips, hostIP: '10.0.0.1', hostIPs: ips }, {}), []);
  });

  it('keeps the QoS class', () => {
    assert.deepEqual(wrong({ qosClass: 'Burstable' }, { qosClass: 'BestEffort' }), [
      'status.qosClass: Invalid value: "Burstable": field is immutable',
    ]);
  });

  it('lets the ended rise only where they are restarted', () => {
    const text = 'status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state';
    const now = container({ running: {} });
    const ended = (exitCode: number) => container({ terminated: { exitCode } });
    assert.deepEqual(wrong(now, ended(1), { restartPolicy: 'Always' }), []);
    assert.deepEqual(wrong(now, ended(1), { restartPolicy: 'OnFailure' }), []);
    assert.deepEqual(wrong(now, ended(0), { restartPolicy: 'OnFailure' }), [text]);
    assert.deepEqual(wrong(now, ended(1), { restartPolicy: 'Never' }), [text]);
  });

  it('judges addresses', () => {
    assert.deepEqual(wrong({ podIPs: [{ ip: 'x' }], hostIP: '10.0.0.2', hostIPs: [{ ip: '10.0.0.1' }] }, {}), [
      'status.podIPs[0]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
      'status.hostIPs[0].ip: Invalid value: "10.0.0.1": must be equal to `hostIP`',
    ]);
    assert.deepEqual(wrong({ podIPs: [{ ip: '10.0.0.1' }, { ip: '10.0.0.1' }] }, {}), [
      'status.podIPs: Invalid value: [{"ip":"10.0.0.1"},{"ip":"10.0.0.1"}]: may specify no more than one IP for each IP family',
      'status.podIPs[1]: Duplicate value: {"ip":"10.0.0.1"}',
    ]);
  });
});
