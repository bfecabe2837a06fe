import type { StatusCause } from '../../../meta/errors.ts';
import {
  duplicate,
  forbidden,
  invalid,
  invalidEach,
  notSupported,
  ofEach,
  required,
} from '../../../meta/field-errors.ts';
import { validateLabels } from '../../../meta/labels.ts';
import { checkDns1123Label, checkDns1123Subdomain, checkInRange, checkIpAddress } from '../../../meta/validation.ts';
import type { PodSpec } from '../../../types.ts';
import { affinityCauses } from './affinity.ts';
import { containerCauses, initContainerCauses, type PodContext } from './containers.ts';
import { dnsCauses } from './dns.ts';
import { overheadCauses, podResourceCauses } from './resources.ts';
import { gateCauses, readinessGateCauses, tolerationCauses, topologySpreadCauses } from './scheduling.ts';
import { podSecurityCauses } from './security.ts';
import { oneOf } from './values.ts';
import { volumeCauses } from './volumes.ts';

export interface PodSpecOptions {
  /** A Pod, not a template: then images may have no blanks around them, and ports on the host's network are final. */
  readonly isPod: boolean;
  /** Of a real pod: names the claims of its ephemeral volumes. */
  readonly podName?: string;
}

const MAX_INT32 = 2 ** 31 - 1;

/**
 * All that is wrong with a PodSpec that has its defaults, in Pods and in templates of workloads.
 * Source of rules and words: Kubernetes' core/validation, ValidatePodSpec.
 * @param field path of the spec: `spec`, `spec.template.spec`
 */
export function validatePodSpec(spec: PodSpec, field: string, options: PodSpecOptions): StatusCause[] {
  const context: PodContext = {
    spec,
    isPod: options.isPod,
    volumes: new Map((spec.volumes ?? []).map((volume) => [volume.name, volume])),
    claims: new Set(spec.resourceClaims?.map(({ name }) => name)),
  };
  return [
    ...(spec.terminationGracePeriodSeconds === undefined ? [required(`${field}.terminationGracePeriodSeconds`)] : []),
    ...volumeCauses(spec.volumes, `${field}.volumes`, options.podName),
    ...resourceClaimCauses(spec, `${field}.resourceClaims`),
    ...containerCauses(`${field}.containers`, context),
    ...initContainerCauses(`${field}.initContainers`, context),
    ...podResourceCauses(spec, `${field}.resources`, context.claims),
    ...hostPortCauses(spec, field, options),
    ...oneOf(spec.restartPolicy, `${field}.restartPolicy`, ['Always', 'OnFailure', 'Never']),
    ...validateLabels(spec.nodeSelector, `${field}.nodeSelector`),
    ...podSecurityCauses(spec, field),
    ...affinityCauses(spec.affinity, `${field}.affinity`),
    ...dnsCauses(spec, field),
    ...readinessGateCauses(spec.readinessGates, `${field}.readinessGates`),
    ...gateCauses(spec.schedulingGates, `${field}.schedulingGates`),
    ...topologySpreadCauses(spec.topologySpreadConstraints, `${field}.topologySpreadConstraints`),
    ...nameCauses(spec, field),
    ...tolerationCauses(spec.tolerations, `${field}.tolerations`),
    ...hostAliasCauses(spec, `${field}.hostAliases`),
    ...(spec.preemptionPolicy === undefined
      ? []
      : oneOf(spec.preemptionPolicy, `${field}.preemptionPolicy`, ['PreemptLowerPriority', 'Never'])),
    ...overheadCauses(spec.overhead, `${field}.overhead`),
    ...osCauses(spec, field),
  ];
}

/** Names of other objects, names in DNS, and the deadline. */
function nameCauses(spec: PodSpec, field: string): StatusCause[] {
  const name = (key: keyof PodSpec, check: (value: string) => string[]): StatusCause[] => {
    const value = spec[key];
    return typeof value === 'string' && value !== '' ? invalidEach(`${field}.${key}`, value, check(value)) : [];
  };
  const deadline = spec.activeDeadlineSeconds;
  return [
    ...name('serviceAccountName', checkDns1123Subdomain),
    ...name('nodeName', checkDns1123Subdomain),
    ...(deadline === undefined
      ? []
      : invalidEach(`${field}.activeDeadlineSeconds`, deadline, checkInRange(deadline, 1, MAX_INT32))),
    ...name('hostname', checkDns1123Label),
    ...name('subdomain', checkDns1123Label),
    ...name('priorityClassName', checkDns1123Subdomain),
    ...name('runtimeClassName', checkDns1123Subdomain),
  ];
}

function hostAliasCauses(spec: PodSpec, field: string): StatusCause[] {
  return ofEach(spec.hostAliases, field, ({ ip, hostnames }, path) => [
    ...invalidEach(`${path}.ip`, ip, checkIpAddress(ip)),
    ...ofEach(hostnames, `${path}.hostnames`, (name, at) => invalidEach(at, name, checkDns1123Subdomain(name))),
  ]);
}

/** On the host's network a container's port is the host's; a template may leave that to the pod's defaults. */
function hostPortCauses(spec: PodSpec, field: string, { isPod }: PodSpecOptions): StatusCause[] {
  if (!spec.hostNetwork) return [];
  return ofEach(spec.containers, `${field}.containers`, (container, path) =>
    ofEach(container.ports, `${path}.ports`, ({ hostPort = 0, containerPort }, at) => {
      if (hostPort === containerPort || (!isPod && hostPort === 0)) return [];
      return [invalid(`${at}.hostPort`, hostPort, 'must match `containerPort` when `hostNetwork` is true')];
    }),
  );
}

function resourceClaimCauses(spec: PodSpec, field: string): StatusCause[] {
  const seen = new Set<string>();
  return ofEach(spec.resourceClaims, field, (claim, path) => {
    const { name, resourceClaimName, resourceClaimTemplateName } = claim;
    const causes: StatusCause[] = [];
    if (!name) causes.push(required(`${path}.name`));
    else if (seen.has(name)) causes.push(duplicate(`${path}.name`, name));
    else causes.push(...invalidEach(`${path}.name`, name, checkDns1123Label(name)));
    seen.add(name);
    if (resourceClaimName !== undefined && resourceClaimTemplateName !== undefined) {
      const text = 'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified';
      causes.push(invalid(path, claim, text));
    }
    if (resourceClaimName === undefined && resourceClaimTemplateName === undefined) {
      const text = 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`';
      causes.push(invalid(path, claim, text));
    }
    for (const [key, value] of Object.entries({ resourceClaimName, resourceClaimTemplateName })) {
      if (value !== undefined) causes.push(...invalidEach(`${path}.${key}`, value, checkDns1123Subdomain(value)));
    }
    return causes;
  });
}

function osCauses(spec: PodSpec, field: string): StatusCause[] {
  if (!spec.os) return [];
  const { name } = spec.os;
  if (!name) return [required(`${field}.os.name`)];
  if (name !== 'linux' && name !== 'windows') return [notSupported(`${field}.os.name`, name, ['linux', 'windows'])];
  if (name === 'windows') return [];
  const text = 'windows options cannot be set for a linux pod';
  const windows = (context: { windowsOptions?: unknown } | undefined, path: string) =>
    context?.windowsOptions ? [forbidden(`${path}.securityContext.windowsOptions`, text)] : [];
  return [
    ...windows(spec.securityContext, field),
    ...ofEach(spec.initContainers, `${field}.initContainers`, (item, path) => windows(item.securityContext, path)),
    ...ofEach(spec.containers, `${field}.containers`, (item, path) => windows(item.securityContext, path)),
  ];
}
