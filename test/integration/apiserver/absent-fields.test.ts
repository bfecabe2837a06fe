import assert from 'node:assert/strict';
import { TestApi } from './harness.ts';
import { HttpClient } from './http-client.ts';

const PODS = '/api/v1/namespaces/default/pods';

/** A pod that is right but for what is laid over it. */
function pod(spec: object, metadata: object = {}): object {
  return { metadata: { name: 'web', ...metadata }, spec: { containers: [{ name: 'c', image: 'nginx' }], ...spec } };
}

function container(part: object): object {
  return pod({ containers: [{ name: 'c', image: 'nginx', ...part }] });
}

const preferred = { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1 }] };

const CASES: readonly (readonly [title: string, path: string, body: object, field: string])[] = [
  [
    'an owner without apiVersion',
    PODS,
    pod({}, { ownerReferences: [{ kind: 'Node', name: 'a', uid: 'u' }] }),
    'metadata.ownerReferences.apiVersion',
  ],
  ['a readiness gate of nothing', PODS, pod({ readinessGates: [{}] }), 'spec.readinessGates[0].conditionType'],
  ['a scheduling gate of nothing', PODS, pod({ schedulingGates: [{}] }), 'spec.schedulingGates[0]'],
  [
    'a sysctl without name',
    PODS,
    pod({ securityContext: { sysctls: [{ value: '1' }] } }),
    'spec.securityContext.sysctls[0].name',
  ],
  [
    'an affinity without term',
    PODS,
    pod({ affinity: { podAffinity: preferred } }),
    'spec.affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm.topologyKey',
  ],
  [
    'a device without path',
    PODS,
    container({ volumeDevices: [{ name: 'v' }] }),
    'spec.containers[0].volumeDevices[0].devicePath',
  ],
  [
    'a taint without key',
    '/api/v1/nodes',
    { metadata: { name: 'n' }, spec: { taints: [{ effect: 'NoSchedule' }] } },
    'spec.taints[0].key',
  ],
  [
    'a limit without type',
    '/api/v1/namespaces/default/limitranges',
    { metadata: { name: 'l' }, spec: { limits: [{ max: { cpu: '1' } }] } },
    'spec.limits[0].type',
  ],
  [
    'a selector without key',
    '/apis/policy/v1/namespaces/default/poddisruptionbudgets',
    { metadata: { name: 'b' }, spec: { minAvailable: 1, selector: { matchExpressions: [{ operator: 'Exists' }] } } },
    'spec.selector.matchExpressions[0].key',
  ],
];

describe('what a client leaves out', () => {
  let api: TestApi;
  let http: HttpClient;
  before(async () => {
    api = await TestApi.start();
    http = new HttpClient(api);
  });
  after(async () => {
    http.close();
    await api.close();
  });

  for (const [title, path, body, field] of CASES) {
    it(`is told by its field: ${title}`, async () => {
      const { code, json, text } = await http.call('POST', path, { body });
      assert.equal(code, 422, text);
      const fields = json.details?.causes?.map((cause) => cause.field) ?? [];
      assert.ok(fields.includes(field), text);
    });
  }
});
