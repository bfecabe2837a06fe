import assert from 'node:assert/strict';
import type { Container, Pod, PodSpec, Volume } from '../../types.ts';
import { setPodDefaults, setPodSpecDefaults } from './defaults.ts';
import { defaultPullPolicy } from './image-name.ts';

function specOf(spec: Partial<PodSpec>): PodSpec {
  const pod: Pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { containers: [], ...spec } };
  setPodDefaults(pod);
  return pod.spec;
}

function containerOf(container: Partial<Container>, spec: Partial<PodSpec> = {}): Container | undefined {
  return specOf({ ...spec, containers: [{ name: 'c', image: 'a:1', ...container }] }).containers[0];
}

function volumeOf(volume: Partial<Volume>): Volume | undefined {
  return specOf({ volumes: [{ name: 'v', ...volume }] }).volumes?.[0];
}

describe('defaults of a pod', () => {
  it('are those of the API reference', () => {
    assert.deepEqual(specOf({ containers: [{ name: 'c', image: 'nginx', ports: [{ containerPort: 80 }] }] }), {
      containers: [
        {
          name: 'c',
          image: 'nginx',
          ports: [{ containerPort: 80, protocol: 'TCP' }],
          imagePullPolicy: 'Always',
          terminationMessagePath: '/dev/termination-log',
          terminationMessagePolicy: 'File',
          resources: {},
        },
      ],
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      securityContext: {},
      schedulerName: 'default-scheduler',
      enableServiceLinks: true,
    });
  });

  it('change nothing the second time', () => {
    const spec: Partial<PodSpec> = {
      hostNetwork: true,
      containers: [
        {
          name: 'c',
          image: 'a',
          ports: [{ containerPort: 1 }],
          resources: { limits: { cpu: '0.5' } },
          livenessProbe: { httpGet: { port: 1 } },
          env: [{ name: 'A', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } }],
        },
      ],
      volumes: [{ name: 'a' }, { name: 'b', projected: { sources: [{ serviceAccountToken: { path: 't' } }] } }],
    };
    const once = specOf(structuredClone(spec));
    assert.deepEqual(specOf(structuredClone(once)), once);
  });

  it('leave what is said alone, zero seconds of grace included', () => {
    const spec = specOf({ terminationGracePeriodSeconds: 0, enableServiceLinks: false, restartPolicy: 'Never' });
    assert.equal(spec.terminationGracePeriodSeconds, 0);
    assert.equal(spec.enableServiceLinks, false);
    assert.equal(spec.restartPolicy, 'Never');
  });

  it('say the service account under both of its names', () => {
    assert.equal(specOf({ serviceAccountName: 'x' }).serviceAccount, 'x');
    assert.equal(specOf({ serviceAccount: 'y' }).serviceAccountName, 'y');
  });

  it('request what is limited', () => {
    const resources = { limits: { cpu: '1', memory: '1024Mi' }, requests: { cpu: 0.25 } };
    assert.deepEqual(containerOf({ resources })?.resources, {
      limits: { cpu: '1', memory: '1Gi' },
      requests: { cpu: '250m', memory: '1Gi' },
    });
  });

  it('round amounts up to thousandths and leave what is none', () => {
    const resources = { requests: { cpu: '100u', memory: 'much' } };
    assert.deepEqual(containerOf({ resources })?.resources?.requests, { cpu: '1m', memory: 'much' });
  });

  it('open the ports of the host on its own network', () => {
    const ports = [{ containerPort: 80 }];
    assert.equal(containerOf({ ports }, { hostNetwork: true })?.ports?.[0]?.hostPort, 80);
    assert.equal(containerOf({ ports: [{ containerPort: 80 }] })?.ports?.[0]?.hostPort, undefined);
  });

  it('fill in probes, where zero is unset', () => {
    assert.deepEqual(containerOf({ livenessProbe: { grpc: { port: 1 }, periodSeconds: 0 } })?.livenessProbe, {
      grpc: { port: 1, service: '' },
      timeoutSeconds: 1,
      periodSeconds: 10,
      successThreshold: 1,
      failureThreshold: 3,
    });
    assert.deepEqual(containerOf({ lifecycle: { preStop: { httpGet: { port: 1 } } } })?.lifecycle?.preStop?.httpGet, {
      port: 1,
      path: '/',
      scheme: 'HTTP',
    });
  });

  it('of a template leave out what only pods get', () => {
    const spec: PodSpec = {
      hostNetwork: true,
      containers: [{ name: 'c', image: 'a:1', ports: [{ containerPort: 1 }], resources: { limits: { cpu: '1' } } }],
    };
    setPodSpecDefaults(spec);
    assert.equal(spec.enableServiceLinks, undefined);
    assert.equal(spec.containers[0]?.ports?.[0]?.hostPort, undefined);
    assert.equal(spec.containers[0]?.resources?.requests, undefined);
  });
});

describe('defaults of a volume', () => {
  const cases: [title: string, volume: Partial<Volume>, wanted: Partial<Volume>][] = [
    ['make nothing an emptyDir', {}, { emptyDir: {} }],
    ['write sizes canonically', { emptyDir: { sizeLimit: '1024Mi' } }, { emptyDir: { sizeLimit: '1Gi' } }],
    ['say that nothing is checked of a path', { hostPath: { path: '/a' } }, { hostPath: { path: '/a', type: '' } }],
    ['give modes to Secrets', { secret: { secretName: 's' } }, { secret: { secretName: 's', defaultMode: 420 } }],
    ['give modes to ConfigMaps', { configMap: { name: 's' } }, { configMap: { name: 's', defaultMode: 420 } }],
    [
      'give tokens an hour',
      { projected: { sources: [{ serviceAccountToken: { path: 't' } }] } },
      { projected: { defaultMode: 420, sources: [{ serviceAccountToken: { path: 't', expirationSeconds: 3600 } }] } },
    ],
    [
      'name the version of a field',
      { downwardAPI: { items: [{ path: 'a', fieldRef: { fieldPath: 'metadata.name' } }] } },
      {
        downwardAPI: {
          defaultMode: 420,
          items: [{ path: 'a', fieldRef: { fieldPath: 'metadata.name', apiVersion: 'v1' } }],
        },
      },
    ],
    [
      'pull an image by its tag',
      { image: { reference: 'a:1' } },
      { image: { reference: 'a:1', pullPolicy: 'IfNotPresent' } },
    ],
    [
      'leave claims alone',
      { persistentVolumeClaim: { claimName: 'a' } },
      { persistentVolumeClaim: { claimName: 'a' } },
    ],
  ];
  for (const [title, volume, wanted] of cases) {
    it(title, () => assert.deepEqual(volumeOf(volume), { name: 'v', ...wanted }));
  }
});

describe('defaultPullPolicy', () => {
  const cases: [image: string, policy: string][] = [
    ['nginx', 'Always'],
    ['nginx:latest', 'Always'],
    ['nginx:1.27', 'IfNotPresent'],
    ['registry:5000/nginx', 'Always'],
    ['registry:5000/nginx:1', 'IfNotPresent'],
    ['nginx@sha256:0123', 'IfNotPresent'],
    ['nginx:1@sha256:0123', 'IfNotPresent'],
    ['nginx:latest@sha256:0123', 'Always'],
    ['', 'IfNotPresent'],
  ];
  for (const [image, policy] of cases) {
    it(`is ${policy} for ${image || 'nothing'}`, () => assert.equal(defaultPullPolicy(image), policy));
  }
});
