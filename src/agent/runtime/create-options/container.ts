import type { ContainerSpec } from '../runtime.ts';
import { envOptions } from './env.ts';
import { engineName, IMAGE, identityLabels } from './labels.ts';
import { containerLogging } from './logging.ts';
import { mountOptions } from './mounts.ts';
import { containerNamespaces } from './namespaces.ts';
import { containerNetwork } from './network.ts';
import { type NodeLimits, resourceOptions } from './resources.ts';
import type { EngineSettings } from './sandbox.ts';
import { securityOptions } from './security.ts';

/** Docker's create request for one container of a pod. Docker never restarts it: the agent does. */
export function containerOptions(spec: ContainerSpec, settings: EngineSettings, node: NodeLimits) {
  const { pod, container, attempt, sandboxId, image } = spec;
  const identity = { pod, containerName: container.name, attempt };
  const { User, ...security } = securityOptions(pod.spec, container, image.user);
  return {
    name: engineName(identity),
    // By id: the tag may have moved since the image was looked at.
    Image: image.id,
    Labels: { ...identityLabels(identity, settings.owner, spec.labels), [IMAGE]: container.image ?? image.id },
    User,
    ...envOptions(spec.env),
    ...commandOptions(spec),
    WorkingDir: container.workingDir ?? '',
    Tty: container.tty ?? false,
    OpenStdin: container.stdin ?? false,
    StdinOnce: container.stdinOnce ?? false,
    // Probes are the agent's; an image's own HEALTHCHECK would run a process every few seconds for nobody.
    Healthcheck: { Test: ['NONE'] },
    ...(container.lifecycle?.stopSignal ? { StopSignal: container.lifecycle.stopSignal } : {}),
    HostConfig: {
      ...containerNetwork(sandboxId),
      ...containerNamespaces(pod.spec, sandboxId),
      ...mountOptions(spec.mounts),
      ...resourceOptions(pod, container, node),
      ...security,
      ...containerLogging(settings.logs),
      RestartPolicy: { Name: 'no' },
      ...(settings.cgroupParent === undefined ? {} : { CgroupParent: settings.cgroupParent }),
    },
  };
}

/** `command` replaces the image's entrypoint and its arguments, `args` alone only the arguments. */
function commandOptions({ command, args }: ContainerSpec): { Entrypoint?: string[]; Cmd?: string[] } {
  return {
    ...(command?.length ? { Entrypoint: [...command] } : {}),
    ...(args?.length ? { Cmd: [...args] } : {}),
  };
}
