import assert from 'node:assert/strict';
import type { PodSpec } from '../../../types.ts';
import { setPodSpecDefaults } from '../defaults.ts';
import type { NodeSelectorRequirement } from '../parts.ts';
import { validatePod } from './pod.ts';
import { validatePodSpec } from './spec.ts';
import { podOf, textOf, wrongInContainer, wrongInSpec } from './test-pod.ts';

type Case = [title: string, spec: Partial<PodSpec>, wrong: string[]];

function table(cases: readonly Case[]): void {
  for (const [title, spec, wrong] of cases) it(title, () => assert.deepEqual(wrongInSpec(spec), wrong));
}

describe('validation of a pod spec', () => {
  table([
    [
      'knows restart policies',
      { restartPolicy: 'Maybe' as 'Never' },
      ['spec.restartPolicy: Unsupported value: "Maybe": supported values: "Always", "OnFailure", "Never"'],
    ],
    [
      'bounds the deadline',
      { activeDeadlineSeconds: 0 },
      ['spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive'],
    ],
    ['takes names in DNS', { hostname: 'a', subdomain: 'b', nodeName: 'n.example', serviceAccountName: 'x' }, []],
    [
      'wants one label as hostname',
      { hostname: 'a.b' },
      ['spec.hostname: Invalid value: "a.b": must not contain dots'],
    ],
    [
      'wants addresses and names in host aliases',
      { hostAliases: [{ ip: '10.0.0', hostnames: ['a', '-'] }] },
      [
        'spec.hostAliases[0].ip: Invalid value: "10.0.0": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
        "spec.hostAliases[0].hostnames[1]: Invalid value: \"-\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
      ],
    ],
    [
      'knows preemption policies',
      { preemptionPolicy: 'x' as 'Never' },
      ['spec.preemptionPolicy: Unsupported value: "x": supported values: "PreemptLowerPriority", "Never"'],
    ],
    [
      'knows systems',
      { os: { name: 'beos' } },
      ['spec.os.name: Unsupported value: "beos": supported values: "linux", "windows"'],
    ],
    [
      'wants one way to a resource claim',
      { resourceClaims: [{ name: 'a' }, { name: 'a', resourceClaimName: 'x' }] },
      [
        'spec.resourceClaims[0]: Invalid value: {"name":"a"}: must specify one of: `resourceClaimName`, `resourceClaimTemplateName`',
        'spec.resourceClaims[1].name: Duplicate value: "a"',
      ],
    ],
    [
      'refuses ephemeral containers from the start',
      { ephemeralContainers: [{ name: 'debug' }] },
      ['spec.ephemeralContainers: Forbidden: cannot be set on create'],
    ],
    [
      'refuses a node while gates are shut',
      { nodeName: 'n', schedulingGates: [{ name: 'example.com/a' }] },
      ['spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared'],
    ],
  ]);

  it('says all that is wrong at once', () => {
    assert.equal(
      wrongInSpec({ containers: [{ name: '', image: '' }], hostname: 'A', restartPolicy: 'x' as 'Never' }).length,
      4,
    );
  });

  it('judges the annotations that mean something', () => {
    const pod = podOf({}, { annotations: { 'controller.kubernetes.io/pod-deletion-cost': '+1' } });
    assert.deepEqual(textOf(validatePod(pod)), [
      'metadata.annotations[controller.kubernetes.io/pod-deletion-cost]: Invalid value: "+1": must be a 32bit integer',
    ]);
  });

  it('lets a template leave host ports open, and keep blanks around an image', () => {
    const spec: PodSpec = {
      hostNetwork: true,
      containers: [{ name: 'c', image: ' ', ports: [{ containerPort: 80 }] }],
    };
    setPodSpecDefaults(spec);
    assert.deepEqual(validatePodSpec(spec, 'spec.template.spec', { isPod: false }), []);
  });
});

describe('validation of DNS settings', () => {
  table([
    [
      'knows policies',
      { dnsPolicy: 'x' as 'None' },
      [
        'spec.dnsPolicy: Unsupported value: "x": supported values: "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"',
      ],
    ],
    [
      'wants a config where there is nothing else',
      { dnsPolicy: 'None' },
      ['spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None'],
    ],
    [
      'wants a server where there is nothing else',
      { dnsPolicy: 'None', dnsConfig: {} },
      ['spec.dnsConfig.nameservers: Required value: must provide at least one DNS nameserver when `dnsPolicy` is None'],
    ],
    [
      'keeps to what libc reads',
      {
        dnsConfig: {
          nameservers: ['1.1.1.1', '1.1.1.2', '1.1.1.3', 'x'],
          searches: ['a.', '.', '_tcp.b'],
          options: [{}],
        },
      },
      [
        'spec.dnsConfig.nameservers: Invalid value: ["1.1.1.1","1.1.1.2","1.1.1.3","x"]: must not have more than 3 nameservers',
        'spec.dnsConfig.nameservers[3]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
        'spec.dnsConfig.options[0]: Required value: must not be empty',
      ],
    ],
  ]);
});

describe('validation of where a pod may run', () => {
  const node = 'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms';
  const required = (matchExpressions: NodeSelectorRequirement[]): Partial<PodSpec> => ({
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] },
      },
    },
  });
  table([
    [
      'takes tolerations',
      { tolerations: [{ operator: 'Exists' }, { key: 'a', value: 'b', effect: 'NoSchedule' }] },
      [],
    ],
    [
      'wants Exists for all keys',
      { tolerations: [{ value: 'a' }] },
      [
        'spec.tolerations[0].operator: Invalid value: "": operator must be Exists when `key` is empty, which means "match all values and all keys"',
      ],
    ],
    [
      'knows operators and effects, and where a time makes sense',
      {
        tolerations: [
          { key: 'a', operator: 'Like' as 'Equal', effect: 'x' as 'NoSchedule' },
          { key: 'a', operator: 'Exists', value: 'b', tolerationSeconds: 1 },
        ],
      },
      [
        'spec.tolerations[0].operator: Unsupported value: "Like": supported values: "Equal", "Exists"',
        'spec.tolerations[0].effect: Unsupported value: "x": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"',
        'spec.tolerations[1].effect: Invalid value: "": effect must be \'NoExecute\' when `tolerationSeconds` is set',
        'spec.tolerations[1].operator: Invalid value: "b": value must be empty when `operator` is \'Exists\'',
      ],
    ],
    [
      'wants a term of a node selector',
      { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } } } },
      [`${node}: Required value: must have at least one node selector term`],
    ],
    [
      'wants values as the operator does',
      required([
        { key: 'a', operator: 'In' },
        { key: 'a', operator: 'Exists', values: ['x'] },
        { key: 'a', operator: 'Gt', values: ['1', '2'] },
        { key: 'a', operator: 'Like' as 'In' },
      ]),
      [
        `${node}[0].matchExpressions[0].values: Required value: must be specified when \`operator\` is 'In' or 'NotIn'`,
        `${node}[0].matchExpressions[1].values: Forbidden: may not be specified when \`operator\` is 'Exists' or 'DoesNotExist'`,
        `${node}[0].matchExpressions[2].values: Required value: must be specified single value when \`operator\` is 'Lt' or 'Gt'`,
        `${node}[0].matchExpressions[3].operator: Invalid value: "Like": not a valid selector operator`,
      ],
    ],
    [
      'knows one field of nodes',
      {
        affinity: {
          nodeAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              { weight: 101, preference: { matchFields: [{ key: 'spec.x', operator: 'In', values: [] }] } },
            ],
          },
        },
      },
      [
        'spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: Invalid value: 101: must be in the range 1-100',
        "spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference.matchFields[0].values: Required value: must be only one value when `operator` is 'In' or 'NotIn' for node field selector",
        'spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference.matchFields[0].key: Invalid value: "spec.x": not a valid field selector key',
      ],
    ],
    [
      'wants a topology, and a selector beside keys',
      {
        affinity: {
          podAntiAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'a/b', matchLabelKeys: ['x'] }],
          },
        },
      },
      [
        'spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].matchLabelKeys: Forbidden: must not be specified when labelSelector is not set',
      ],
    ],
    [
      'judges spreading',
      {
        topologySpreadConstraints: [
          { maxSkew: 0, topologyKey: 'z', whenUnsatisfiable: 'ScheduleAnyway', minDomains: 1 },
          { maxSkew: 1, topologyKey: 'z', whenUnsatisfiable: 'ScheduleAnyway', matchLabelKeys: ['a'] },
          { maxSkew: 1, topologyKey: '', whenUnsatisfiable: 'x' as 'DoNotSchedule' },
        ],
      },
      [
        'spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero',
        'spec.topologySpreadConstraints[0].{topologyKey, whenUnsatisfiable}: Duplicate value: "{z, ScheduleAnyway}"',
        'spec.topologySpreadConstraints[0].minDomains: Invalid value: 1: can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ScheduleAnyway',
        'spec.topologySpreadConstraints[1].matchLabelKeys: Forbidden: must not be specified when labelSelector is not set',
        'spec.topologySpreadConstraints[2].topologyKey: Required value: can not be empty',
        'spec.topologySpreadConstraints[2].whenUnsatisfiable: Unsupported value: "x": supported values: "DoNotSchedule", "ScheduleAnyway"',
      ],
    ],
    [
      'takes each gate once',
      { schedulingGates: [{ name: 'a' }, { name: 'a' }] },
      ['spec.schedulingGates[1]: Duplicate value: "a"'],
    ],
  ]);

  it('judges labels of the node selector and condition types', () => {
    const wrong = wrongInSpec({ nodeSelector: { a: '-' }, readinessGates: [{ conditionType: '' }] });
    assert.match(wrong[0] ?? '', /^spec\.nodeSelector: Invalid value: "-": a valid label must be/);
    assert.match(
      wrong[1] ?? '',
      /^spec\.readinessGates\[0\]\.conditionType: Invalid value: "": name part must be non-empty/,
    );
  });
});

describe('validation of security contexts', () => {
  table([
    [
      'bounds ids',
      { securityContext: { runAsUser: -1, fsGroup: 2 ** 32, supplementalGroups: [0, -5] } },
      [
        'spec.securityContext.fsGroup: Invalid value: 4294967296: must be between 0 and 4294967295, inclusive',
        'spec.securityContext.runAsUser: Invalid value: -1: must be between 0 and 4294967295, inclusive',
        'spec.securityContext.supplementalGroups[1]: Invalid value: -5: must be between 0 and 4294967295, inclusive',
      ],
    ],
    [
      'refuses two kinds of shared processes',
      { hostPID: true, shareProcessNamespace: true },
      [
        'spec.securityContext.shareProcessNamespace: Invalid value: true: ShareProcessNamespace and HostPID cannot both be enabled',
      ],
    ],
    [
      'judges sysctls by name and namespace',
      {
        hostNetwork: true,
        securityContext: {
          sysctls: [
            { name: 'net.core.somaxconn', value: '1' },
            { name: 'A', value: '1' },
            { name: 'kernel.sem', value: '1' },
            { name: 'kernel.sem', value: '1' },
          ],
        },
      },
      [
        'spec.securityContext.sysctls[0].name: Invalid value: "net.core.somaxconn": may not be specified when \'hostNetwork\' is true',
        'spec.securityContext.sysctls[1].name: Invalid value: "A": must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$',
        'spec.securityContext.sysctls[3].name: Duplicate value: "kernel.sem"',
      ],
    ],
    [
      'judges profiles',
      {
        securityContext: {
          seccompProfile: { type: 'Localhost' },
          appArmorProfile: { type: 'RuntimeDefault', localhostProfile: 'x' },
          fsGroupChangePolicy: 'x' as 'Always',
        },
      },
      [
        'spec.securityContext.fsGroupChangePolicy: Unsupported value: "x": supported values: "Always", "OnRootMismatch"',
        'spec.securityContext.seccompProfile.localhostProfile: Required value: must be set when seccomp type is Localhost',
        'spec.securityContext.appArmorProfile.localhostProfile: Invalid value: "x": can only be set when AppArmor type is Localhost',
      ],
    ],
    [
      'keeps users of its own away from namespaces of the host',
      { hostUsers: false, hostPID: true },
      ['spec.hostPID: Forbidden: when `hostUsers` is false'],
    ],
  ]);

  it('refuses to keep the mighty from more might', () => {
    const context = { allowPrivilegeEscalation: false, privileged: true };
    assert.deepEqual(wrongInContainer({ securityContext: context }), [
      'spec.containers[0].securityContext: Invalid value: {"allowPrivilegeEscalation":false,"privileged":true}: cannot set `allowPrivilegeEscalation` to false and `privileged` to true',
    ]);
  });
});
