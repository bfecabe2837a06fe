import { type LanFacts, toAnnotations } from '../../api/kinds/node/lan-facts.ts';
import { VOLUMES_FOLDER } from '../../api/kinds/storage/names.ts';
import type { Node, NodeCondition } from '../../api/types.ts';
import type { PressureType } from '../eviction/signals.ts';
import type { Threshold } from '../eviction/thresholds.ts';
import type { EngineInfo } from '../runtime/runtime.ts';
import type { HostFacts } from './host-facts.ts';
import { notAllocatable, type Reserved } from './reserved.ts';

/** What is known of a node's resources, and wanted for them. */
export interface NodeResources {
  /** Conditions of power, heat and disk: those that there are sensors of. */
  readonly health: readonly NodeCondition[];
  /** Of the file system with the agent's data, where emptyDirs are. */
  readonly diskTotalBytes: number;
  /** The conditions that are True. */
  readonly pressures: readonly PressureType[];
  readonly thresholds: readonly Threshold[];
  /** undefined: our own default. */
  readonly reserved: Reserved | undefined;
  /** As `node.status.images`. */
  readonly images: readonly { readonly names: string[]; readonly sizeBytes: number }[];
}

export interface NodeFacts extends NodeResources {
  readonly name: string;
  readonly ip: string;
  /** What the administrator gave with --node-label. */
  readonly labels: Readonly<Record<string, string>>;
  /** Where it keeps the volumes that are made on it. */
  readonly volumesDir: string;
  readonly host: HostFacts;
  /** Why pods can't have addresses; '' when they can. */
  readonly networkProblem: string;
  readonly lan: LanFacts;
  /** `v1.36.0+bramble.0.1.0` */
  readonly version: string;
}

const MAX_PODS = 110;

function ki(bytes: number): string {
  return `${Math.floor(bytes / 1024)}Ki`;
}

/** 3900 is `3900m`, 4000 is `4`. */
function cpuText(milliCpu: number): string {
  const least = Math.max(0, milliCpu);
  return least % 1000 === 0 ? String(least / 1000) : `${least}m`;
}

function resources(facts: NodeFacts): { capacity: Record<string, string>; allocatable: Record<string, string> } {
  const { host, diskTotalBytes } = facts;
  const hugePages = Object.entries(host.hugePages).map(([name, bytes]) => [name, bytes === 0 ? '0' : ki(bytes)]);
  const fixed = { ...Object.fromEntries(hugePages), pods: String(MAX_PODS) };
  const hugeBytes = Object.values(host.hugePages).reduce((sum, bytes) => sum + bytes, 0);
  const machine = { memoryBytes: host.memoryBytes, diskBytes: diskTotalBytes };
  const kept = notAllocatable(machine, facts.reserved, facts.thresholds);
  return {
    capacity: {
      cpu: String(host.cpuCount),
      memory: ki(host.memoryBytes),
      'ephemeral-storage': ki(diskTotalBytes),
      ...fixed,
    },
    allocatable: {
      cpu: cpuText(host.cpuCount * 1000 - kept.milliCpu),
      memory: ki(Math.max(0, host.memoryBytes - hugeBytes - kept.memoryBytes)),
      // kubelet's way of saying it: a plain number of bytes.
      'ephemeral-storage': String(Math.max(0, Math.floor(diskTotalBytes - kept.diskBytes))),
      ...fixed,
    },
  };
}

/** kubelet's reasons and messages, without pressure and under it. */
const PRESSURE = {
  MemoryPressure: [
    ['KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
    ['KubeletHasInsufficientMemory', 'kubelet has insufficient memory available'],
  ],
  DiskPressure: [
    ['KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
    ['KubeletHasDiskPressure', 'kubelet has disk pressure'],
  ],
  PIDPressure: [
    ['KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
    ['KubeletHasInsufficientPID', 'kubelet has insufficient PID available'],
  ],
} as const;

const PRESSURE_TYPES = ['MemoryPressure', 'DiskPressure', 'PIDPressure'] as const;

function pressureCondition(type: keyof typeof PRESSURE, isUnder: boolean): NodeCondition {
  const [reason, message] = PRESSURE[type][isUnder ? 1 : 0];
  return { type, status: isUnder ? 'True' : 'False', reason, message };
}

/** Raspberry Pi OS comes so. kubelet's words, and what to do. */
const NO_MEMORY_CGROUP =
  'system validation failed - Following Cgroup subsystem not mounted: [memory]: add "cgroup_enable=memory cgroup_memory=1" to the line in /boot/firmware/cmdline.txt and reboot';

/** kubelet's words, with the cause behind them; several problems stand in brackets, as its aggregated errors do. */
function readyCondition(engine: EngineInfo | Error, networkProblem: string): NodeCondition {
  const problems = [
    ...(engine instanceof Error ? [`container runtime is down: ${engine.message}`] : []),
    ...(engine instanceof Error || engine.hasMemoryLimit ? [] : [NO_MEMORY_CGROUP]),
    ...(networkProblem
      ? [
          `container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:${networkProblem}`,
        ]
      : []),
  ];
  if (problems.length === 0) {
    return { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' };
  }
  const message = problems.length === 1 ? (problems[0] ?? '') : `[${problems.join(', ')}]`;
  return { type: 'Ready', status: 'False', reason: 'KubeletNotReady', message };
}

/**
 * This node as the API shows it: labels, annotations and status. Conditions come without times, which the master sets: it is its
 * clock that counts.
 * @param engine what Docker says of itself, or why it does not answer.
 * @param previous what was built before: while Docker is away its version stays the last known.
 */
export function buildNode(facts: NodeFacts, engine: EngineInfo | Error, previous: Node | undefined): Node {
  const { name, ip, host, pressures, version } = facts;
  const { architecture } = host;
  const lastKnown = previous?.status?.nodeInfo?.containerRuntimeVersion ?? 'docker://Unknown';
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': architecture,
        'beta.kubernetes.io/os': 'linux',
        'beta.kubernetes.io/arch': architecture,
        ...facts.labels,
      },
      annotations: { [VOLUMES_FOLDER]: facts.volumesDir, ...toAnnotations(facts.lan) },
    },
    spec: {},
    status: {
      addresses: [
        { type: 'InternalIP', address: ip },
        { type: 'Hostname', address: name },
      ],
      ...resources(facts),
      conditions: [
        ...PRESSURE_TYPES.map((type) => pressureCondition(type, pressures.includes(type))),
        ...facts.health,
        readyCondition(engine, facts.networkProblem),
      ],
      images: [...facts.images],
      nodeInfo: {
        machineID: host.machineId,
        systemUUID: host.systemUuid,
        bootID: host.bootId,
        kernelVersion: host.kernelVersion,
        osImage: host.osImage,
        containerRuntimeVersion: engine instanceof Error ? lastKnown : `docker://${engine.version}`,
        kubeletVersion: version,
        kubeProxyVersion: '',
        operatingSystem: 'linux',
        architecture,
      },
    },
  };
}
