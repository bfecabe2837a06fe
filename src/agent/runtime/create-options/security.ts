import type { Container, Pod, PodSpec } from '../../../api/types.ts';

/** Docker gives it by default, Kubernetes too; with it a pod forges any packet on the home's LAN. A pod may add it back. */
const DROPPED_BY_DEFAULT = 'NET_RAW';

interface SecurityOptions {
  readonly User: string;
  readonly GroupAdd: string[];
  readonly Privileged: boolean;
  readonly ReadonlyRootfs: boolean;
  readonly CapAdd: string[];
  readonly CapDrop: string[];
  readonly SecurityOpt: string[];
  /** Only with procMount Unmasked: Docker's own lists hold where these are absent. */
  readonly MaskedPaths?: string[];
  readonly ReadonlyPaths?: string[];
}

/**
 * Who a container runs as and what it may; the container's securityContext wins over the pod's, field by field.
 * @param imageUser USER of the image
 */
export function securityOptions(spec: PodSpec, container: Container, imageUser: string): SecurityOptions {
  const own = container.securityContext ?? {};
  const privileged = own.privileged ?? false;
  return {
    User: user(spec, container, imageUser),
    GroupAdd: groups(spec),
    Privileged: privileged,
    ReadonlyRootfs: own.readOnlyRootFilesystem ?? false,
    ...capabilities(own.capabilities, privileged),
    SecurityOpt: securityOpt(spec, container),
    ...(own.procMount === 'Unmasked' ? { MaskedPaths: [], ReadonlyPaths: [] } : {}),
  };
}

/** `''` leaves it to the image. Docker has no word for a group alone: the image's user goes with it. */
function user(spec: PodSpec, { securityContext: own }: Container, imageUser: string): string {
  const uid = own?.runAsUser ?? spec.securityContext?.runAsUser;
  const gid = own?.runAsGroup ?? spec.securityContext?.runAsGroup;
  if (gid === undefined) return uid === undefined ? '' : `${uid}`;
  return `${uid ?? (imageUser.split(':')[0] || '0')}:${gid}`;
}

function groups({ securityContext }: PodSpec): string[] {
  const { supplementalGroups = [], fsGroup } = securityContext ?? {};
  return [...new Set([...supplementalGroups, ...(fsGroup === undefined ? [] : [fsGroup])])].map(String);
}

type Capabilities = NonNullable<NonNullable<Container['securityContext']>['capabilities']>;

function capabilities(wanted: Capabilities | undefined, privileged: boolean): { CapAdd: string[]; CapDrop: string[] } {
  const add = (wanted?.add ?? []).map(bare);
  const drop = (wanted?.drop ?? []).map(bare);
  const kept = privileged || add.includes(DROPPED_BY_DEFAULT) || add.includes('ALL');
  if (!kept && !drop.includes(DROPPED_BY_DEFAULT) && !drop.includes('ALL')) drop.push(DROPPED_BY_DEFAULT);
  return { CapAdd: add, CapDrop: drop };
}

function bare(capability: string): string {
  return capability.toUpperCase().replace(/^CAP_/, '');
}

function securityOpt(spec: PodSpec, { securityContext: own }: Container): string[] {
  const pod = spec.securityContext;
  const seccomp = own?.seccompProfile ?? pod?.seccompProfile;
  const appArmor = own?.appArmorProfile ?? pod?.appArmorProfile;
  const seLinux = own?.seLinuxOptions ?? pod?.seLinuxOptions;
  return [
    ...(own?.allowPrivilegeEscalation === false ? ['no-new-privileges'] : []),
    // Without a word Docker's own profile holds: kubelet's default is Unconfined, ours is the safer of the two.
    ...(seccomp?.type === 'Unconfined' ? ['seccomp=unconfined'] : []),
    ...(appArmor?.type === 'Unconfined' ? ['apparmor=unconfined'] : []),
    ...(appArmor?.type === 'Localhost' ? [`apparmor=${appArmor.localhostProfile ?? ''}`] : []),
    ...Object.entries(seLinux ?? {}).map(([key, value]) => `label=${key}:${String(value)}`),
  ];
}

/** The pod's namespaced kernel settings, which the sandbox opens. */
export function sysctls({ securityContext }: PodSpec): Record<string, string> {
  return Object.fromEntries((securityContext?.sysctls ?? []).map(({ name, value }) => [name, value]));
}

/**
 * Why runAsNonRoot forbids this container on this image; undefined when it may run.
 * @param imageUser USER of the image
 * Source of rule and words: kubelet, pkg/kubelet/kuberuntime/security_context.go, verifyRunAsNonRoot.
 */
export function runAsNonRootViolation(pod: Pod, container: Container, imageUser: string): string | undefined {
  const own = container.securityContext;
  const shared = pod.spec.securityContext;
  if (!(own?.runAsNonRoot ?? shared?.runAsNonRoot)) return undefined;
  const { name, namespace, uid: podUid } = pod.metadata;
  const where = `(pod: "${name}_${namespace}(${podUid})", container: ${container.name})`;
  const uid = own?.runAsUser ?? shared?.runAsUser;
  if (uid === 0) return `container's runAsUser breaks non-root policy ${where}`;
  if (uid !== undefined) return undefined;
  const user = imageUser.split(':')[0] ?? '';
  if (user === '' || /^0+$/.test(user)) return `container has runAsNonRoot and image will run as root ${where}`;
  if (/^\d+$/.test(user)) return undefined;
  return `container has runAsNonRoot and image has non-numeric user (${user}), cannot verify user is non-root ${where}`;
}
