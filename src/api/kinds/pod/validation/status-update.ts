import type { StatusCause } from '../../../meta/errors.ts';
import { duplicate, forbidden, immutable, invalid, invalidEach, ofEach } from '../../../meta/field-errors.ts';
import { checkDns1123Subdomain, checkIpAddress, checkQualifiedName } from '../../../meta/validation.ts';
import type { ContainerStatus, Pod, PodStatus } from '../../../types.ts';
import { isSidecar } from '../parts.ts';

const SYSTEM_CONDITIONS: readonly string[] = ['PodScheduled', 'Ready', 'Initialized'];

/** What a node or a client may not make of a status (core/validation, ValidatePodStatusUpdate). */
export function validatePodStatusUpdate(pod: Pod, old: Pod): StatusCause[] {
  const status: PodStatus = pod.status ?? {};
  const before: PodStatus = old.status ?? {};
  const sidecars = new Set((old.spec.initContainers ?? []).filter(isSidecar).map(({ name }) => name));
  const nominated = status.nominatedNodeName;
  return [
    ...conditionCauses(status),
    ...(nominated && nominated !== before.nominatedNodeName
      ? invalidEach('status.nominatedNodeName', nominated, checkDns1123Subdomain(nominated))
      : []),
    ...(status.qosClass === before.qosClass ? [] : [immutable('status.qosClass', status.qosClass)]),
    ...stateCauses(
      status.containerStatuses,
      before.containerStatuses,
      'status.containerStatuses',
      mayLeave(old.spec.restartPolicy),
    ),
    ...stateCauses(
      status.initContainerStatuses,
      before.initContainerStatuses,
      'status.initContainerStatuses',
      (ended) => sidecars.has(ended.name) || mayLeave(old.spec.restartPolicy)(ended),
    ),
    ...ipCauses(status.podIPs ?? [], 'status.podIPs'),
    ...hostIpCauses(status),
  ];
}

function conditionCauses(status: PodStatus): StatusCause[] {
  return ofEach(status.conditions, 'metadata.conditions', ({ type }, field) =>
    SYSTEM_CONDITIONS.includes(type) ? [] : invalidEach(`${field}.Type`, type, checkQualifiedName(type)),
  );
}

/** Whether a container that has ended may be something else than ended again. */
function mayLeave(restartPolicy: string | undefined): (ended: ContainerStatus) => boolean {
  if (restartPolicy === 'Always') return () => true;
  return (ended) => restartPolicy === 'OnFailure' && ended.state?.terminated?.exitCode !== 0;
}

function stateCauses(
  now: readonly ContainerStatus[] | undefined,
  before: readonly ContainerStatus[] | undefined,
  field: string,
  canLeave: (ended: ContainerStatus) => boolean,
): StatusCause[] {
  return ofEach(before, field, (ended, path) => {
    if (!ended.state?.terminated || canLeave(ended)) return [];
    const later = now?.find(({ name }) => name === ended.name);
    if (!later || later.state?.terminated) return [];
    return [forbidden(`${path}.state`, 'may not be transitioned to non-terminated state')];
  });
}

function hostIpCauses({ hostIP, hostIPs = [] }: PodStatus): StatusCause[] {
  const first = hostIPs[0]?.ip;
  return [
    ...(first !== undefined && first !== hostIP
      ? [invalid('status.hostIPs[0].ip', first, 'must be equal to `hostIP`')]
      : []),
    ...ipCauses(hostIPs, 'status.hostIPs'),
  ];
}

/** At most one address of each family, no address twice. */
function ipCauses(list: readonly { readonly ip: string }[], field: string): StatusCause[] {
  const causes = ofEach(list, field, ({ ip }, path) => invalidEach(path, ip, checkIpAddress(ip)));
  const families = new Set(list.map(({ ip }) => ip.includes(':')));
  if (list.length > families.size) {
    causes.push(invalid(field, list, 'may specify no more than one IP for each IP family'));
  }
  for (const [index, item] of list.entries()) {
    const isSeen = list.slice(0, index).some(({ ip }) => ip === item.ip);
    if (isSeen) causes.push(duplicate(`${field}[${index}]`, item));
  }
  return causes;
}
