import assert from 'node:assert/strict';
import { DEFAULT_HARD, parseThresholds } from '../eviction/thresholds.ts';
import { buildNode, type NodeFacts } from './build-node.ts';
import { goArchitecture, hugePageName } from './host-facts.ts';
import { parseTasks } from './node-usage.ts';

const GI = 1024 ** 3;
const FACTS: NodeFacts = {
  name: 'pi-1',
  ip: '192.168.1.7',
  labels: { room: 'attic' },
  volumesDir: '/data/volumes',
  host: {
    hostname: 'pi-1',
    cpuCount: 4,
    memoryBytes: 4 * GI,
    machineId: 'm',
    systemUuid: 's',
    bootId: 'b',
    kernelVersion: '6.12.0',
    osImage: 'Debian GNU/Linux 12 (bookworm)',
    architecture: 'arm64',
    hugePages: { 'hugepages-2Mi': 0 },
  },
  diskTotalBytes: 100 * GI,
  networkProblem: '',
  lan: { subnets: ['192.168.1.0/24'], addresses: [], conflicts: {} },
  health: [],
  images: [],
  pressures: [],
  thresholds: parseThresholds(DEFAULT_HARD),
  reserved: undefined,
  version: 'v1.36.0+bramble.0.1.0',
};
const ENGINE = {
  version: '20.10.24',
  architecture: 'aarch64',
  cgroupVersion: 2,
  hasMemoryLimit: true,
  operatingSystem: 'Debian',
  kernelVersion: '6.12.0',
  rootDir: '/var/lib/docker',
} as const;

describe('buildNode', () => {
  it('says what a machine has and what of it pods may use', () => {
    const { capacity, allocatable } = buildNode(FACTS, ENGINE, undefined).status ?? {};
    assert.deepEqual(capacity, {
      cpu: '4',
      memory: '4194304Ki',
      'ephemeral-storage': '104857600Ki',
      'hugepages-2Mi': '0',
      pods: '110',
    });
    assert.deepEqual(allocatable, {
      cpu: '3900m',
      memory: '3932160Ki',
      'ephemeral-storage': '96636764160',
      'hugepages-2Mi': '0',
      pods: '110',
    });
  });

  it('carries the well-known labels, the administrator’s, and its addresses', () => {
    const node = buildNode(FACTS, ENGINE, undefined);
    assert.equal(node.metadata.labels?.['kubernetes.io/arch'], 'arm64');
    assert.equal(node.metadata.labels?.['kubernetes.io/hostname'], 'pi-1');
    assert.equal(node.metadata.labels?.room, 'attic');
    assert.deepEqual(node.metadata.annotations, {
      'bramble.dev/volumes': '/data/volumes',
      'node.bramble.dev/lan-subnets': '192.168.1.0/24',
    });
    assert.deepEqual(node.status?.addresses, [
      { type: 'InternalIP', address: '192.168.1.7' },
      { type: 'Hostname', address: 'pi-1' },
    ]);
  });

  it('is ready in kubelet’s words while Docker answers', () => {
    const node = buildNode(FACTS, ENGINE, undefined);
    assert.equal(node.status?.nodeInfo?.containerRuntimeVersion, 'docker://20.10.24');
    assert.deepEqual(
      node.status?.conditions?.map(({ type, status, reason, message }) => [type, status, reason, message]),
      [
        ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
        ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
        ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
        ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'],
      ],
    );
  });

  it('is not ready without Docker, says why, and remembers Docker’s version', () => {
    const before = buildNode(FACTS, ENGINE, undefined);
    const node = buildNode(FACTS, new Error('connect ENOENT /var/run/docker.sock'), before);
    const ready = node.status?.conditions?.find(({ type }) => type === 'Ready');
    assert.equal(ready?.status, 'False');
    assert.equal(ready?.reason, 'KubeletNotReady');
    assert.match(ready?.message ?? '', /^container runtime is down: connect ENOENT/);
    assert.equal(node.status?.nodeInfo?.containerRuntimeVersion, 'docker://20.10.24');
  });

  it('is not ready without a pod network, and names both problems where there are two', () => {
    const facts = { ...FACTS, networkProblem: 'Pool overlaps' };
    const ready = (engine: typeof ENGINE | Error) =>
      buildNode(facts, engine, undefined).status?.conditions?.find(({ type }) => type === 'Ready');
    const network =
      'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Pool overlaps';
    assert.equal(ready(ENGINE)?.message, network);
    assert.equal(ready(new Error('gone'))?.message, `[container runtime is down: gone, ${network}]`);
  });

  it('is not ready without the memory cgroup, and says how to get it', () => {
    const node = buildNode(FACTS, { ...ENGINE, hasMemoryLimit: false }, undefined);
    const ready = node.status?.conditions?.find(({ type }) => type === 'Ready');
    assert.equal(ready?.status, 'False');
    assert.match(
      ready?.message ?? '',
      /\[memory\]: add "cgroup_enable=memory cgroup_memory=1" to the line in \S+cmdline.txt/,
    );
  });

  it('reports pressure', () => {
    const node = buildNode({ ...FACTS, pressures: ['MemoryPressure'] }, ENGINE, undefined);
    const memory = node.status?.conditions?.find(({ type }) => type === 'MemoryPressure');
    assert.deepEqual([memory?.status, memory?.reason], ['True', 'KubeletHasInsufficientMemory']);
  });
});

describe('what the kernel tells', () => {
  it('is read from its files', () => {
    assert.equal(parseTasks('0.10 0.05 0.01 1/389 12345\n'), 389);
    assert.deepEqual(hugePageName('hugepages-2048kB'), { name: 'hugepages-2Mi', bytes: 2 * 1024 ** 2 });
    assert.equal(hugePageName('hugepages-1048576kB')?.name, 'hugepages-1Gi');
    assert.equal(hugePageName('hugepages-64kB')?.name, 'hugepages-64Ki');
    assert.equal(hugePageName('other'), undefined);
    assert.equal(goArchitecture('x64'), 'amd64');
  });
});
