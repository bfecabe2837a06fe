import { setCanonicalAmounts } from '../../meta/quantity.ts';
import type { Container, Pod, PodSpec, Probe } from '../../types.ts';
import { defaultPullPolicy } from './image-name.ts';
import type { HttpGetAction, ResourceRequirements } from './parts.ts';
import { setVolumeDefaults } from './volume-defaults.ts';

/** What the API reference gives a default to, in a Pod: the spec's, and those that a template in a workload does not get. */
export function setPodDefaults(pod: Pod): void {
  pod.spec ??= { containers: [] };
  const { spec } = pod;
  setPodSpecDefaults(spec);
  spec.enableServiceLinks ??= true;
  for (const container of allContainers(spec)) {
    setRequestsFromLimits(container);
    if (spec.hostNetwork) setHostPorts(container);
  }
}

/** Defaults of a PodSpec wherever it stands: in a Pod, in the template of a workload. Idempotent. */
export function setPodSpecDefaults(spec: PodSpec): void {
  spec.restartPolicy ||= 'Always';
  spec.terminationGracePeriodSeconds ??= 30;
  spec.dnsPolicy ||= 'ClusterFirst';
  spec.securityContext ??= {};
  spec.schedulerName ||= 'default-scheduler';
  setServiceAccountAlias(spec);
  spec.containers ??= [];
  for (const volume of spec.volumes ?? []) setVolumeDefaults(volume);
  for (const container of allContainers(spec)) setContainerDefaults(container);
  setResourceDefaults(spec.resources);
  setCanonicalAmounts(spec.overhead);
}

function allContainers(spec: PodSpec): Container[] {
  return [...spec.containers, ...(spec.initContainers ?? [])];
}

/** spec.serviceAccount is the old name of spec.serviceAccountName: both say the same as soon as one is set. */
function setServiceAccountAlias(spec: PodSpec): void {
  const name = spec.serviceAccountName || spec.serviceAccount;
  if (!name) return;
  spec.serviceAccountName = name;
  spec.serviceAccount = name;
}

function setContainerDefaults(container: Container): void {
  container.imagePullPolicy ||= defaultPullPolicy(container.image ?? '');
  container.terminationMessagePath ||= '/dev/termination-log';
  container.terminationMessagePolicy ||= 'File';
  container.resources ??= {};
  setResourceDefaults(container.resources);
  for (const port of container.ports ?? []) port.protocol ||= 'TCP';
  for (const { valueFrom } of container.env ?? []) {
    if (valueFrom?.fieldRef) valueFrom.fieldRef.apiVersion ||= 'v1';
    if (valueFrom?.resourceFieldRef) valueFrom.resourceFieldRef.divisor ??= '0';
  }
  for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe]) {
    if (probe) setProbeDefaults(probe);
  }
  setHttpGetDefaults(container.lifecycle?.postStart?.httpGet);
  setHttpGetDefaults(container.lifecycle?.preStop?.httpGet);
}

function setProbeDefaults(probe: Probe): void {
  // Zero is what an absent number decodes to in Kubernetes, so zero gets the default as well.
  probe.timeoutSeconds ||= 1;
  probe.periodSeconds ||= 10;
  probe.successThreshold ||= 1;
  probe.failureThreshold ||= 3;
  setHttpGetDefaults(probe.httpGet);
  if (probe.grpc) probe.grpc.service ??= '';
}

function setHttpGetDefaults(httpGet: HttpGetAction | undefined): void {
  if (!httpGet) return;
  httpGet.path ||= '/';
  httpGet.scheme ||= 'HTTP';
}

function setResourceDefaults(resources: ResourceRequirements | undefined): void {
  setCanonicalAmounts(resources?.limits);
  setCanonicalAmounts(resources?.requests);
}

function setRequestsFromLimits(container: Container): void {
  const { limits, requests } = container.resources ?? {};
  if (!container.resources || !limits || Object.keys(limits).length === 0) return;
  container.resources.requests = { ...limits, ...requests };
}

/** On the host's network there is no mapping: a port is the host's own. */
function setHostPorts(container: Container): void {
  for (const port of container.ports ?? []) port.hostPort ||= port.containerPort;
}
