import type { StatusCause } from '../../../meta/errors.ts';
import { duplicate, forbidden, invalid, invalidEach, ofEach, required, tooLong } from '../../../meta/field-errors.ts';
import { checkLocalPath, checkUnixId } from '../../../meta/validation.ts';
import type { PodSpec } from '../../../types.ts';
import type { PodSecurityContext, SecurityContext } from '../parts.ts';
import { oneOf, oneOfIfSet } from './values.ts';

const MAX_SYSCTL = 253;
const SYSCTL = '^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$';
const sysctl = new RegExp(SYSCTL);
/** PATH_MAX - 1. */
const MAX_PROFILE_PATH = 4095;
const PROFILE_TYPES = ['Localhost', 'RuntimeDefault', 'Unconfined'];

/** What holds for the whole pod: ids, sysctls, profiles, and which of the host's namespaces it shares. */
export function podSecurityCauses(spec: PodSpec, field: string): StatusCause[] {
  const context: PodSecurityContext = spec.securityContext ?? {};
  const path = `${field}.securityContext`;
  return [
    ...idCauses(context.fsGroup, `${path}.fsGroup`),
    ...idCauses(context.runAsUser, `${path}.runAsUser`),
    ...idCauses(context.runAsGroup, `${path}.runAsGroup`),
    ...ofEach(context.supplementalGroups, `${path}.supplementalGroups`, idCauses),
    ...(spec.shareProcessNamespace && spec.hostPID
      ? [invalid(`${path}.shareProcessNamespace`, true, 'ShareProcessNamespace and HostPID cannot both be enabled')]
      : []),
    ...sysctlCauses(spec, `${path}.sysctls`),
    ...oneOfIfSet(context.fsGroupChangePolicy, `${path}.fsGroupChangePolicy`, ['Always', 'OnRootMismatch']),
    ...seccompCauses(context.seccompProfile, `${path}.seccompProfile`),
    ...appArmorCauses(context.appArmorProfile, `${path}.appArmorProfile`),
    ...oneOfIfSet(context.supplementalGroupsPolicy, `${path}.supplementalGroupsPolicy`, ['Merge', 'Strict']),
    ...oneOfIfSet(context.seLinuxChangePolicy, `${path}.seLinuxChangePolicy`, ['MountOption', 'Recursive']),
    ...hostUserCauses(spec, field),
  ];
}

/** @param hostUsers false where the pod has a user namespace of its own */
export function securityCauses(context: SecurityContext | undefined, field: string, hostUsers: boolean): StatusCause[] {
  if (!context) return [];
  const { procMount } = context;
  return [
    ...idCauses(context.runAsUser, `${field}.runAsUser`),
    ...idCauses(context.runAsGroup, `${field}.runAsGroup`),
    ...oneOfIfSet(procMount, `${field}.procMount`, ['Default', 'Unmasked']),
    ...(procMount === 'Unmasked' && hostUsers
      ? [invalid(`${field}.procMount`, procMount, '`hostUsers` must be false to use `Unmasked`')]
      : []),
    ...seccompCauses(context.seccompProfile, `${field}.seccompProfile`),
    ...appArmorCauses(context.appArmorProfile, `${field}.appArmorProfile`),
    ...escalationCauses(context, field),
  ];
}

/** Who has all power already cannot be kept from gaining more. */
function escalationCauses(context: SecurityContext, field: string): StatusCause[] {
  if (context.allowPrivilegeEscalation !== false) return [];
  const isAdmin = context.capabilities?.add?.some((name) => name === 'CAP_SYS_ADMIN' || name === 'SYS_ADMIN');
  const refuse = (what: string) =>
    invalid(field, context, `cannot set \`allowPrivilegeEscalation\` to false and ${what}`);
  return [
    ...(context.privileged ? [refuse('`privileged` to true')] : []),
    ...(isAdmin ? [refuse('`capabilities.Add` CAP_SYS_ADMIN')] : []),
  ];
}

function idCauses(id: number | undefined, field: string): StatusCause[] {
  return id === undefined ? [] : invalidEach(field, id, checkUnixId(id));
}

function sysctlCauses(spec: PodSpec, field: string): StatusCause[] {
  const seen = new Set<string>();
  return ofEach(spec.securityContext?.sysctls, field, ({ name }, path) => {
    const at = `${path}.name`;
    const causes: StatusCause[] = [];
    if (!name) causes.push(required(at));
    else if (name.length > MAX_SYSCTL || !sysctl.test(name)) {
      causes.push(invalid(at, name, `must have at most ${MAX_SYSCTL} characters and match regex ${SYSCTL}`));
    } else if (seen.has(name)) causes.push(duplicate(at, name));
    seen.add(name);
    const namespace = sysctlNamespace(name);
    if (spec.hostNetwork && namespace === 'net') {
      causes.push(invalid(at, name, "may not be specified when 'hostNetwork' is true"));
    }
    if (spec.hostIPC && namespace === 'ipc') {
      causes.push(invalid(at, name, "may not be specified when 'hostIPC' is true"));
    }
    return causes;
  });
}

/** Which namespace of the kernel keeps a sysctl of its own; both `a.b` and `a/b` are written. */
function sysctlNamespace(name: string): 'net' | 'ipc' | undefined {
  const dotted = name.replaceAll('/', '.');
  if (dotted.startsWith('net.')) return 'net';
  return /^(kernel\.(shm|msg)|kernel\.sem$|fs\.mqueue\.)/.test(dotted) ? 'ipc' : undefined;
}

function seccompCauses(
  profile: NonNullable<PodSecurityContext['seccompProfile']> | undefined,
  field: string,
): StatusCause[] {
  if (!profile) return [];
  const { type, localhostProfile: path } = profile;
  const at = `${field}.localhostProfile`;
  const causes = type
    ? oneOf(type, `${field}.type`, PROFILE_TYPES)
    : [required(`${field}.type`, 'type is required when seccompProfile is set')];
  if (type === 'Localhost') {
    if (path === undefined) causes.push(required(at, 'must be set when seccomp type is Localhost'));
    else causes.push(...invalidEach(at, path, checkLocalPath(path)));
  } else if (path !== undefined) causes.push(invalid(at, path, 'can only be set when seccomp type is Localhost'));
  return causes;
}

function appArmorCauses(
  profile: NonNullable<PodSecurityContext['appArmorProfile']> | undefined,
  field: string,
): StatusCause[] {
  if (!profile) return [];
  const { type, localhostProfile: path } = profile;
  const at = `${field}.localhostProfile`;
  if (!type) return [required(`${field}.type`, 'type is required when appArmorProfile is set')];
  if (type !== 'Localhost') {
    const causes = oneOf(type, `${field}.type`, PROFILE_TYPES);
    if (path === undefined || causes.length > 0) return causes;
    return [invalid(at, path, 'can only be set when AppArmor type is Localhost')];
  }
  if (!path?.trim()) return [required(at, 'must be set when AppArmor type is Localhost')];
  return [
    ...(path === path.trim() ? [] : [invalid(at, path, 'must not be padded with whitespace')]),
    ...(path.length > MAX_PROFILE_PATH ? [tooLong(at, MAX_PROFILE_PATH)] : []),
  ];
}

/** A user namespace of its own does not go with namespaces of the host. */
function hostUserCauses(spec: PodSpec, field: string): StatusCause[] {
  if (spec.hostUsers !== false) return [];
  const text = 'when `hostUsers` is false';
  return [
    ...(spec.hostNetwork ? [forbidden(`${field}.hostNetwork`, text)] : []),
    ...(spec.hostPID ? [forbidden(`${field}.hostPID`, text)] : []),
    ...(spec.hostIPC ? [forbidden(`${field}.hostIPC`, text)] : []),
  ];
}
