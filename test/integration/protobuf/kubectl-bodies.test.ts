import assert from 'node:assert/strict';
import { type Decoded, decodeObject } from '../../../src/api/codec/decode.ts';
import type { GroupVersionKind } from '../../../src/api/schema/schema.ts';
import { installedKubectls } from '../../lib/kubectl.ts';
import { skip } from '../../lib/skip.ts';
import { Kubectl } from './kubectl.ts';
import { type Answer, type Recorded, Recorder } from './recorder.ts';

/** kubectl 1.31 still sends JSON where 1.32 and later send protobuf: the same command must come out as the same object. */
const COMMANDS: readonly string[] = [
  'create namespace n1',
  'create configmap c1 --from-literal=a=1 --from-literal=b=',
  'create secret generic s1 --from-literal=a=hello --from-literal=empty=',
  'create secret docker-registry s2 --docker-username=u --docker-password=p --docker-server=r.example',
  'create deployment d1 --image=nginx:1 --replicas=3 --port=80',
  'create deployment d2 --image=busybox --replicas=0 -- sh -c true',
  'create job j1 --image=busybox -- date',
  'create cronjob cj1 --image=busybox --schedule=*/5\\ *\\ *\\ *\\ * --restart=Never -- date',
  'create service clusterip sv1 --tcp=80:8080 --tcp=5353:53',
  'create service clusterip sv2 --clusterip=None',
  'create service nodeport sv3 --tcp=80 --node-port=30080',
  'create service loadbalancer sv4 --tcp=443:8443',
  'create service externalname sv5 --external-name=example.com',
  'create serviceaccount sa1',
  'create token sa1 --duration=2h --audience=a --audience=b',
  'create role r1 --verb=get,list --resource=pods,deployments.apps --resource-name=x',
  'create rolebinding rb1 --role=r1 --user=u --group=g --serviceaccount=default:sa1',
  'create clusterrole cr1 --verb=get --non-resource-url=/metrics',
  'create clusterrole cr2 --aggregation-rule=a=b',
  'create clusterrolebinding crb1 --clusterrole=cr1 --group=g',
  'create quota q1 --hard=cpu=1,memory=1024Mi,pods=2 --scopes=BestEffort',
  'create poddisruptionbudget pdb1 --selector=app=a --min-available=50%',
  'create poddisruptionbudget pdb2 --selector=app=a --max-unavailable=1',
  'create priorityclass pc1 --value=1000 --description=text --preemption-policy=Never',
  'create priorityclass pc2 --value=0 --global-default=true',
  'create ingress i1 --class=c --rule=a.example/x*=svc:80,tls=t --annotation=k=v',
  'create ingress i2 --default-backend=svc:http',
  'auth can-i create pods --subresource=log',
  'auth can-i get /healthz',
  'auth can-i --list',
  'auth whoami',
];

/** Where each resource of the commands lives. */
const KINDS: Readonly<Record<string, string>> = {
  namespaces: 'Namespace',
  configmaps: 'ConfigMap',
  secrets: 'Secret',
  deployments: 'Deployment',
  jobs: 'Job',
  cronjobs: 'CronJob',
  services: 'Service',
  serviceaccounts: 'ServiceAccount',
  token: 'TokenRequest',
  roles: 'Role',
  rolebindings: 'RoleBinding',
  clusterroles: 'ClusterRole',
  clusterrolebindings: 'ClusterRoleBinding',
  resourcequotas: 'ResourceQuota',
  poddisruptionbudgets: 'PodDisruptionBudget',
  priorityclasses: 'PriorityClass',
  ingresses: 'Ingress',
  selfsubjectaccessreviews: 'SelfSubjectAccessReview',
  selfsubjectrulesreviews: 'SelfSubjectRulesReview',
  selfsubjectreviews: 'SelfSubjectReview',
};

const resource = (name: string, kind: string, namespaced = true) => ({
  name,
  singularName: kind.toLowerCase(),
  namespaced,
  kind,
  verbs: ['create', 'get', 'list'],
});

const DISCOVERY: Readonly<Record<string, object>> = {
  '/api': { kind: 'APIVersions', versions: ['v1'] },
  '/apis': {
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: [
      {
        name: 'apps',
        versions: [{ groupVersion: 'apps/v1', version: 'v1' }],
        preferredVersion: { groupVersion: 'apps/v1', version: 'v1' },
      },
    ],
  },
  '/api/v1': { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: 'v1', resources: [resource('pods', 'Pod')] },
  '/apis/apps/v1': {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: 'apps/v1',
    resources: [resource('deployments', 'Deployment')],
  },
};

/** What the object of a POST must be, by its path: `/apis/<group>/<version>/...` or `/api/v1/...`. */
function kindOf({ path }: Recorded): GroupVersionKind {
  const parts = path.split('/').slice(1);
  const [group, version] = parts[0] === 'api' ? ['', parts[1]] : [parts[1], parts[2]];
  const kind = KINDS[parts.at(-1) ?? ''];
  assert(kind, path);
  return kind === 'TokenRequest'
    ? { group: 'authentication.k8s.io', version: 'v1', kind }
    : { group: group ?? '', version: version ?? '', kind };
}

function answer(request: Recorded): Answer | undefined {
  if (request.method === 'POST') {
    const { object } = decodeObject(request.body, request.contentType, kindOf(request));
    return { status: 201, body: object };
  }
  return request.method === 'GET' && DISCOVERY[request.path] ? { body: DISCOVERY[request.path] ?? {} } : undefined;
}

interface Sent extends Decoded {
  readonly path: string;
  readonly contentType: string | undefined;
}

describe('bodies of kubectl', () => {
  const [older, newer] = ['1.31', '1.33'].map(
    (wanted) => installedKubectls().find(({ version }) => version === wanted)?.path,
  );
  let recorder: Recorder;
  let clients: readonly Kubectl[] = [];

  before(async function () {
    if (!older || !newer)
      skip(this, 'needs kubectl.1.31 and kubectl.1.33 beside the kubectl in PATH, to compare what they send');
    recorder = await Recorder.listen(answer);
    clients = [older, newer].map((binary) => new Kubectl(binary, recorder.url));
  });

  after(() => {
    for (const client of clients) client.close();
    recorder?.close();
  });

  async function sentBy(client: Kubectl | undefined, command: string): Promise<Sent> {
    recorder.take();
    const ran = await client?.run(command.split(/(?<!\\) /).map((word) => word.replaceAll('\\ ', ' ')));
    const post = recorder.take().find(({ method }) => method === 'POST');
    assert(post, `${command} posted nothing: ${ran?.stderr}`);
    return {
      path: post.path,
      contentType: post.contentType,
      ...decodeObject(post.body, post.contentType, kindOf(post)),
    };
  }

  for (const command of COMMANDS) {
    it(`come out the same in JSON and in protobuf for ${command}`, async () => {
      const json = await sentBy(clients[0], command);
      const protobuf = await sentBy(clients[1], command);
      assert.match(json.contentType ?? '', /json/);
      assert.equal(protobuf.contentType, 'application/vnd.kubernetes.protobuf');
      assert.equal(protobuf.path, json.path);
      assert.deepEqual([json.strictErrors, protobuf.strictErrors], [[], []]);
      assert.deepEqual(protobuf.object, json.object);
    });
  }
});
