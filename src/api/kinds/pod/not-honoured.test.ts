import assert from 'node:assert/strict';
import type { PodSpec } from '../../types.ts';
import { notHonoured } from './not-honoured.ts';
import { podOf } from './validation/test-pod.ts';

function fieldsOf(spec: Partial<PodSpec>): string[] {
  return notHonoured(podOf(spec)).map((text) => text.slice(0, text.indexOf(':')));
}

describe('notHonoured', () => {
  it('says which field is not acted on', () => {
    assert.deepEqual(notHonoured(podOf({ hostUsers: false })), [
      'spec.hostUsers: is accepted but not acted on by this version of Bramble',
    ]);
  });

  const cases: [title: string, spec: Partial<PodSpec>, fields: string[]][] = [
    ['has nothing to say of a plain pod and its defaults', {}, []],
    [
      'has nothing to say of what works',
      {
        hostNetwork: true,
        readinessGates: [{ conditionType: 'a' }],
        hostPID: true,
        hostIPC: true,
        shareProcessNamespace: true,
        setHostnameAsFQDN: true,
        schedulingGates: [{ name: 'a.b/c' }],
        priority: 5,
        priorityClassName: 'high',
        preemptionPolicy: 'Never',
        affinity: { nodeAffinity: {}, podAffinity: {}, podAntiAffinity: {} },
        topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'a', whenUnsatisfiable: 'DoNotSchedule' }],
        nodeSelector: { a: 'b' },
        hostname: 'h',
        subdomain: 's',
        dnsPolicy: 'None',
        dnsConfig: { nameservers: ['1.1.1.1'] },
        tolerations: [{ operator: 'Exists' }],
        imagePullSecrets: [{ name: 'a' }],
        securityContext: {
          ...{ fsGroup: 1, runAsUser: 1, runAsGroup: 1, supplementalGroups: [1], runAsNonRoot: true },
          sysctls: [{ name: 'a', value: '1' }],
          seccompProfile: { type: 'RuntimeDefault' },
        },
        initContainers: [{ name: 's', image: 'a', restartPolicy: 'Always' }],
        containers: [
          {
            name: 'c',
            image: 'a',
            env: [
              { name: 'A', value: 'b' },
              { name: 'B', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
            ],
            envFrom: [{ configMapRef: { name: 'a' } }],
            livenessProbe: { exec: { command: ['true'] } },
            lifecycle: { preStop: { sleep: { seconds: 1 } }, postStart: { exec: { command: ['true'] } } },
            terminationMessagePath: '/end',
            terminationMessagePolicy: 'FallbackToLogsOnError',
            resources: { limits: { cpu: '1', memory: '1Gi' } },
            securityContext: {
              privileged: true,
              capabilities: { add: ['NET_ADMIN'] },
              seccompProfile: { type: 'Unconfined' },
            },
            volumeMounts: [
              { name: 'v', mountPath: '/a', subPath: 'b', readOnly: true, mountPropagation: 'Bidirectional' },
            ],
          },
        ],
        volumes: [
          { name: 'v', emptyDir: { medium: 'Memory', sizeLimit: '1Gi' } },
          { name: 'h', hostPath: { path: '/a' } },
          { name: 'c', configMap: { name: 'a' } },
          { name: 's', secret: { secretName: 'a' } },
          { name: 'd', downwardAPI: {} },
          { name: 'p', projected: { sources: [{ secret: { name: 'a' } }] } },
        ],
      },
      [],
    ],
    [
      'names the item of a list',
      {
        containers: [
          { name: 'a', image: 'a' },
          {
            name: 'b',
            image: 'a',
            restartPolicyRules: [{ action: 'Restart' }],
            env: [{ name: 'A' }, { name: 'B', valueFrom: { fileKeyRef: { key: 'K', path: 'p', volumeName: 'v' } } }],
          },
        ],
      },
      ['spec.containers[1].env[1].valueFrom.fileKeyRef', 'spec.containers[1].restartPolicyRules'],
    ],
    [
      'names the key of a map',
      {
        containers: [
          {
            name: 'a',
            image: 'a',
            resources: { limits: { cpu: '1', 'example.com/dongle': '1', 'hugepages-2Mi': '1' } },
          },
        ],
      },
      ['spec.containers[0].resources.limits[hugepages-2Mi]'],
    ],
    [
      'has nothing to say of a value that is what happens',
      { hostUsers: true, automountServiceAccountToken: false },
      [],
    ],
    [
      'names a medium that is none',
      {
        volumes: [
          { name: 'a', emptyDir: { sizeLimit: '1Gi' } },
          { name: 'b', emptyDir: { medium: 'HugePages' } },
        ],
      },
      ['spec.volumes[1].emptyDir.medium'],
    ],
    [
      'names every other kind of volume',
      {
        volumes: [
          { name: 'a', nfs: { server: 'a', path: '/' } },
          { name: 'b', csi: { driver: 'a' } },
          { name: 'c', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } },
        ],
      },
      ['spec.volumes[1].csi', 'spec.volumes[0].nfs', 'spec.volumes[2].projected.sources[0].serviceAccountToken'],
    ],
    [
      'names settings of the whole pod',
      {
        runtimeClassName: 'x',
        securityContext: {
          seccompProfile: { type: 'Localhost', localhostProfile: 'a.json' },
          seLinuxOptions: { level: 'a' },
        },
        overhead: {},
      },
      [
        'spec.overhead',
        'spec.runtimeClassName',
        'spec.securityContext.seLinuxOptions',
        'spec.securityContext.seccompProfile.type',
      ],
    ],
  ];
  for (const [title, spec, fields] of cases) it(title, () => assert.deepEqual(fieldsOf(spec), fields));
});
