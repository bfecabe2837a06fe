import type { SandboxSpec } from '../runtime.ts';
import { engineName, identityLabels, SANDBOX_NAME } from './labels.ts';
import { type LogLimits, sandboxLogging } from './logging.ts';
import { mountOptions } from './mounts.ts';
import { sandboxNamespaces } from './namespaces.ts';
import { sandboxNetwork } from './network.ts';
import { portOptions } from './ports.ts';
import { MIN_SHARES, type NodeLimits } from './resources.ts';
import { sysctls } from './security.ts';

/** What holds for all containers of this agent. */
export interface EngineSettings {
  readonly owner: string;
  /** The Docker network of pods. */
  readonly network: string;
  readonly pauseImage: string;
  /** `/bramble` with the cgroupfs driver, `bramble.slice` with systemd; undefined for Docker's own. */
  readonly cgroupParent: string | undefined;
  readonly logs: LogLimits;
}

/** Killed after everything else of the pod: without it the pod has no network. Source: kubelet, PodInfraOOMAdj. */
const SANDBOX_OOM_SCORE_ADJ = -998;

/** Docker's create request for a pod's pause container. */
export function sandboxOptions(spec: SandboxSpec, settings: EngineSettings, node: NodeLimits) {
  const { pod, attempt } = spec;
  const identity = { pod, containerName: SANDBOX_NAME, attempt };
  const { ExposedPorts, PortBindings } = portOptions(pod);
  const { NetworkMode, EndpointsConfig } = sandboxNetwork(pod.spec, settings.network, spec.ip);
  return {
    name: engineName(identity),
    Image: settings.pauseImage,
    Hostname: spec.hostname,
    Labels: identityLabels(identity, settings.owner, spec.labels),
    ExposedPorts,
    NetworkingConfig: { EndpointsConfig },
    HostConfig: {
      NetworkMode,
      PortBindings,
      ...sandboxNamespaces(pod.spec),
      ...mountOptions(spec.mounts),
      ...sandboxLogging,
      Sysctls: sysctls(pod.spec),
      SecurityOpt: ['no-new-privileges'],
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      CpuShares: MIN_SHARES,
      OomScoreAdj: Math.max(node.oomScoreFloor, SANDBOX_OOM_SCORE_ADJ),
      RestartPolicy: { Name: 'no' },
      ...(settings.cgroupParent === undefined ? {} : { CgroupParent: settings.cgroupParent }),
    },
  };
}
