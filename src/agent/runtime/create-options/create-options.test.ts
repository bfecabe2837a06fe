import assert from 'node:assert/strict';
import type { Container, Pod } from '../../../api/types.ts';
import type { ContainerSpec, ImageInfo } from '../runtime.ts';
import { containerOptions } from './container.ts';
import { envOptions } from './env.ts';
import { engineName, identityLabels, ownedBy, SANDBOX_NAME } from './labels.ts';
import { mountOptions } from './mounts.ts';
import { containerNamespaces, sandboxNamespaces } from './namespaces.ts';
import { sandboxNetwork } from './network.ts';
import { portOptions } from './ports.ts';
import { cpuShares, oomScoreAdj, resourceOptions } from './resources.ts';
import { sandboxOptions } from './sandbox.ts';
import { runAsNonRootViolation, securityOptions, sysctls } from './security.ts';

const LOGS = { maxBytes: 1024, maxFiles: 3 };
const GIB = 2 ** 30;
const NODE = { memoryBytes: 4 * GIB, oomScoreFloor: -1000, podPidsLimit: undefined };
const SETTINGS = {
  owner: 'me',
  network: 'bramble',
  pauseImage: 'bramble/pause:1',
  cgroupParent: undefined,
  logs: LOGS,
};
const IMAGE: ImageInfo = {
  id: 'sha256:1',
  digestReference: 'sha256:1',
  architecture: 'amd64',
  entrypoint: [],
  command: ['sh'],
  user: '',
  sizeBytes: 1,
};

function pod(spec: Partial<Pod['spec']> = {}, qosClass?: 'Guaranteed' | 'Burstable' | 'BestEffort'): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'shop', uid: 'u-1' },
    spec: { containers: [], ...spec },
    ...(qosClass && { status: { qosClass } }),
  };
}

function container(fields: Partial<Container> = {}): Container {
  return { name: 'main', image: 'nginx', ...fields };
}

describe('names and labels of containers', () => {
  const identity = { pod: pod(), containerName: 'main', attempt: 2 };

  it('names a container as the ecosystem does', () => {
    assert.equal(engineName(identity), 'k8s_main_web_shop_u-1_2');
    assert.equal(engineName({ ...identity, containerName: SANDBOX_NAME, attempt: 0 }), 'k8s_POD_web_shop_u-1_0');
  });

  it('says whose it is, whatever the extra labels are', () => {
    assert.deepEqual(identityLabels(identity, 'me', { 'io.kubernetes.pod.uid': 'forged', 'io.bramble.hash': 'abc' }), {
      'io.bramble.hash': 'abc',
      'io.kubernetes.pod.name': 'web',
      'io.kubernetes.pod.namespace': 'shop',
      'io.kubernetes.pod.uid': 'u-1',
      'io.kubernetes.container.name': 'main',
      'io.kubernetes.docker.type': 'container',
      'io.kubernetes.container.restartCount': '2',
      'io.bramble.owner': 'me',
    });
  });

  it('finds all its own or those of one pod', () => {
    assert.deepEqual(ownedBy('me'), ['io.bramble.owner=me', 'io.kubernetes.pod.uid']);
    assert.deepEqual(ownedBy('me', 'u-1'), ['io.bramble.owner=me', 'io.kubernetes.pod.uid=u-1']);
  });
});

describe('environment and mounts', () => {
  it('lets the last of two variables of one name hold', () => {
    const env = [
      { name: 'A', value: '1' },
      { name: 'B', value: '' },
      { name: 'A', value: 'x=y' },
    ];
    assert.deepEqual(envOptions(env), { Env: ['A=x=y', 'B='] });
  });

  it('mounts outer paths before those within', () => {
    const { Mounts } = mountOptions([
      { hostPath: '/h/cache', containerPath: '/data/cache', readOnly: false },
      { hostPath: '/h/data', containerPath: '/data', readOnly: true, propagation: 'rslave' },
    ]);
    assert.deepEqual(Mounts, [
      { Type: 'bind', Source: '/h/data', Target: '/data', ReadOnly: true, BindOptions: { Propagation: 'rslave' } },
      { Type: 'bind', Source: '/h/cache', Target: '/data/cache', ReadOnly: false },
    ]);
  });
});

describe('ports', () => {
  it('publishes every hostPort on the sandbox', () => {
    const ports = [
      { containerPort: 80, hostPort: 8080 },
      { containerPort: 80, hostPort: 8081, hostIP: '127.0.0.1' },
      { containerPort: 53, hostPort: 53, protocol: 'UDP' as const },
      { containerPort: 9000 },
    ];
    assert.deepEqual(portOptions(pod({ containers: [container({ ports })] })), {
      ExposedPorts: { '80/tcp': {}, '53/udp': {} },
      PortBindings: {
        '80/tcp': [
          { HostIp: '0.0.0.0', HostPort: '8080' },
          { HostIp: '127.0.0.1', HostPort: '8081' },
        ],
        '53/udp': [{ HostIp: '0.0.0.0', HostPort: '53' }],
      },
    });
  });

  it('publishes nothing of a pod on the node’s network', () => {
    const containers = [container({ ports: [{ containerPort: 80, hostPort: 80 }] })];
    assert.deepEqual(portOptions(pod({ containers, hostNetwork: true })), { ExposedPorts: {}, PortBindings: {} });
  });
});

describe('resources', () => {
  const cases: [string, NonNullable<Container['resources']>, object][] = [
    ['nothing asked for', {}, { CpuShares: 2 }],
    ['a request', { requests: { cpu: '250m', memory: '64Mi' } }, { CpuShares: 256 }],
    ['a limit is a request too', { limits: { cpu: 2 } }, { CpuShares: 2048, CpuPeriod: 100_000, CpuQuota: 200_000 }],
    ['a tiny limit', { limits: { cpu: '1m' } }, { CpuShares: 2, CpuPeriod: 100_000, CpuQuota: 1000 }],
    [
      'zero is the least',
      { requests: { cpu: 0 }, limits: { cpu: '1' } },
      { CpuShares: 2, CpuPeriod: 100_000, CpuQuota: 100_000 },
    ],
    ['memory without swap', { limits: { memory: '1Gi' } }, { CpuShares: 2, Memory: GIB, MemorySwap: GIB }],
  ];
  for (const [title, resources, expected] of cases)
    it(`turns resources into cgroup settings: ${title}`, () => {
      assert.deepEqual(resourceOptions(pod(), container({ resources }), NODE), { ...expected, OomScoreAdj: 1000 });
    });

  it('keeps shares within the kernel’s bounds', () => {
    assert.deepEqual([0, 1, 1000, 10_000_000].map(cpuShares), [2, 2, 1024, 262_144]);
  });

  const scores: [string, Pod, NonNullable<Container['resources']>, number][] = [
    ['BestEffort goes first', pod({}, 'BestEffort'), {}, 1000],
    ['Guaranteed goes last', pod({}, 'Guaranteed'), { limits: { memory: '1Gi' } }, -997],
    ['Burstable by its request', pod({}, 'Burstable'), { requests: { memory: '1Gi' } }, 750],
    ['Burstable with all the memory', pod({}, 'Burstable'), { requests: { memory: '4Gi' } }, 3],
    ['Burstable with next to none', pod({}, 'Burstable'), { requests: { memory: '1Mi' } }, 999],
    ['node-critical', pod({ priority: 2_000_001_000 }, 'BestEffort'), {}, -997],
  ];
  for (const [title, thePod, resources, expected] of scores)
    it(`scores for the out-of-memory killer: ${title}`, () => {
      assert.equal(oomScoreAdj(thePod, container({ resources }), 4 * GIB), expected);
    });

  it('never asks for a score that the engine cannot set', () => {
    const bounded = { ...NODE, oomScoreFloor: 0, podPidsLimit: 100 };
    const { OomScoreAdj, PidsLimit } = resourceOptions(pod({}, 'Guaranteed'), container(), bounded);
    assert.deepEqual({ OomScoreAdj, PidsLimit }, { OomScoreAdj: 0, PidsLimit: 100 });
  });
});

describe('security', () => {
  const options = (own: Container['securityContext'], shared: Pod['spec']['securityContext'] = {}, imageUser = '') =>
    securityOptions(pod({ securityContext: shared }).spec, container({ securityContext: own }), imageUser);

  const users: [Container['securityContext'], Pod['spec']['securityContext'], string, string][] = [
    [undefined, {}, 'nginx', ''],
    [{ runAsUser: 1 }, { runAsUser: 2 }, '', '1'],
    [{}, { runAsUser: 0, runAsGroup: 5 }, '', '0:5'],
    [{ runAsGroup: 7 }, {}, '1000:1000', '1000:7'],
    [{ runAsGroup: 7 }, {}, '', '0:7'],
  ];
  for (const [own, shared, imageUser, expected] of users)
    it(`runs as "${expected}" for ${JSON.stringify([own, shared, imageUser])}`, () => {
      assert.equal(options(own, shared, imageUser).User, expected);
    });

  it('takes NET_RAW away unless it is asked for', () => {
    const capabilities = (own: Container['securityContext']) => {
      const { CapAdd, CapDrop } = options(own);
      return { CapAdd, CapDrop };
    };
    assert.deepEqual(capabilities(undefined), { CapAdd: [], CapDrop: ['NET_RAW'] });
    assert.deepEqual(capabilities({ privileged: true }), { CapAdd: [], CapDrop: [] });
    assert.deepEqual(capabilities({ capabilities: { add: ['CAP_NET_RAW'] } }), { CapAdd: ['NET_RAW'], CapDrop: [] });
    assert.deepEqual(capabilities({ capabilities: { add: ['chown'], drop: ['ALL'] } }), {
      CapAdd: ['CHOWN'],
      CapDrop: ['ALL'],
    });
  });

  it('joins fsGroup and supplementalGroups without doubles', () => {
    assert.deepEqual(options({}, { supplementalGroups: [3, 4], fsGroup: 4 }).GroupAdd, ['3', '4']);
  });

  it('writes Docker’s security options', () => {
    const own: Container['securityContext'] = {
      allowPrivilegeEscalation: false,
      seccompProfile: { type: 'Unconfined' },
      appArmorProfile: { type: 'Localhost', localhostProfile: 'mine' },
      procMount: 'Unmasked',
    };
    const { SecurityOpt, MaskedPaths } = options(own, { seLinuxOptions: { level: 's0' } });
    assert.deepEqual(SecurityOpt, ['no-new-privileges', 'seccomp=unconfined', 'apparmor=mine', 'label=level:s0']);
    assert.deepEqual(MaskedPaths, []);
    assert.equal('MaskedPaths' in options({}), false);
  });

  it('hands kernel settings to the sandbox', () => {
    const securityContext = { sysctls: [{ name: 'net.core.somaxconn', value: '1024' }] };
    assert.deepEqual(sysctls(pod({ securityContext }).spec), { 'net.core.somaxconn': '1024' });
  });

  const where = '(pod: "web_shop(u-1)", container: main)';
  const nonRoot: [Container['securityContext'], string, string | undefined][] = [
    [{}, '', undefined],
    [{ runAsNonRoot: true, runAsUser: 1000 }, '', undefined],
    [{ runAsNonRoot: true }, '1000:0', undefined],
    [{ runAsNonRoot: true, runAsUser: 0 }, '', `container's runAsUser breaks non-root policy ${where}`],
    [{ runAsNonRoot: true }, '', `container has runAsNonRoot and image will run as root ${where}`],
    [{ runAsNonRoot: true }, '0', `container has runAsNonRoot and image will run as root ${where}`],
    [
      { runAsNonRoot: true },
      'nginx',
      `container has runAsNonRoot and image has non-numeric user (nginx), cannot verify user is non-root ${where}`,
    ],
  ];
  for (const [own, imageUser, expected] of nonRoot)
    it(`answers runAsNonRoot for ${JSON.stringify(own)} on an image of user "${imageUser}"`, () => {
      assert.equal(runAsNonRootViolation(pod(), container({ securityContext: own }), imageUser), expected);
    });
});

describe('namespaces and network', () => {
  it('shares what the pod shares', () => {
    assert.deepEqual(sandboxNamespaces(pod().spec), { PidMode: '', IpcMode: 'shareable' });
    assert.deepEqual(containerNamespaces(pod().spec, 's'), { PidMode: '', IpcMode: 'container:s' });
    const shared = pod({ shareProcessNamespace: true }).spec;
    assert.deepEqual(containerNamespaces(shared, 's'), { PidMode: 'container:s', IpcMode: 'container:s' });
    const host = pod({ hostPID: true, hostIPC: true }).spec;
    assert.deepEqual(sandboxNamespaces(host), { PidMode: 'host', IpcMode: 'host' });
    assert.deepEqual(containerNamespaces(host, 's'), { PidMode: 'host', IpcMode: 'host' });
  });

  it('needs an address unless the pod is on the node’s network', () => {
    assert.equal(sandboxNetwork(pod({ hostNetwork: true }).spec, 'bramble', undefined).NetworkMode, 'host');
    assert.throws(() => sandboxNetwork(pod().spec, 'bramble', undefined), RangeError);
  });
});

describe('create requests', () => {
  const spec: ContainerSpec = {
    pod: pod(),
    container: container({ tty: true, workingDir: '/srv' }),
    attempt: 0,
    sandboxId: 'sandbox',
    image: IMAGE,
    env: [],
    command: undefined,
    args: undefined,
    mounts: [],
    labels: {},
  };

  it('leaves the command to the image unless the pod names one', () => {
    const commandOf = (command?: string[], args?: string[]) => {
      const { Entrypoint, Cmd } = containerOptions({ ...spec, command, args }, SETTINGS, NODE);
      return { Entrypoint, Cmd };
    };
    assert.deepEqual(commandOf(), { Entrypoint: undefined, Cmd: undefined });
    assert.deepEqual(commandOf([], ['-v']), { Entrypoint: undefined, Cmd: ['-v'] });
    assert.deepEqual(commandOf(['a'], ['b']), { Entrypoint: ['a'], Cmd: ['b'] });
  });

  it('never lets Docker restart or probe anything', () => {
    const options = containerOptions(spec, SETTINGS, NODE);
    assert.deepEqual(options.HostConfig.RestartPolicy, { Name: 'no' });
    assert.deepEqual(options.Healthcheck, { Test: ['NONE'] });
    assert.equal(options.HostConfig.NetworkMode, 'container:sandbox');
    assert.deepEqual(options.HostConfig.LogConfig.Config, { 'max-size': '1024', 'max-file': '3' });
    assert.equal(options.Tty, true);
    assert.equal('CgroupParent' in options.HostConfig, false);
  });

  it('gives the sandbox the pod’s hostname, address and nothing it could misuse', () => {
    const request = { pod: pod(), attempt: 1, hostname: 'web', ip: '10.42.1.7', mounts: [], labels: {} };
    const options = sandboxOptions(request, { ...SETTINGS, cgroupParent: '/bramble', logs: LOGS }, NODE);
    assert.equal(options.name, 'k8s_POD_web_shop_u-1_1');
    assert.equal(options.Hostname, 'web');
    assert.deepEqual(options.NetworkingConfig.EndpointsConfig, {
      bramble: { IPAMConfig: { IPv4Address: '10.42.1.7' } },
    });
    assert.deepEqual(options.HostConfig.CapDrop, ['ALL']);
    assert.equal(options.HostConfig.OomScoreAdj, -998);
    assert.equal(options.HostConfig.CgroupParent, '/bramble');
  });
});
