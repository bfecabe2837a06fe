import type { Pod } from '../../types.ts';

/**
 * Fields that are checked and stored, and not acted on yet. Each line that is built goes from this table. `[]` is every item
 * of a list, `{}` every key of a map; a value in `unless` is what happens anyway, and so is no news.
 */
interface Rule {
  readonly field: string;
  readonly unless?: readonly unknown[];
  /** Keys of the map that are honoured. */
  readonly unlessKeys?: RegExp;
}

const SPEC: readonly Rule[] = [
  { field: 'automountServiceAccountToken', unless: [false] },
  { field: 'hostUsers', unless: [true] },
  { field: 'os.name', unless: ['linux'] },
  { field: 'overhead' },
  { field: 'resourceClaims' },
  { field: 'resources' },
  { field: 'runtimeClassName' },
  { field: 'schedulerName', unless: ['default-scheduler'] },
  { field: 'schedulingGroup' },
  { field: 'securityContext.appArmorProfile' },
  { field: 'securityContext.seLinuxChangePolicy' },
  { field: 'securityContext.seLinuxOptions' },
  { field: 'securityContext.seccompProfile.type', unless: ['RuntimeDefault', 'Unconfined'] },
  { field: 'securityContext.supplementalGroupsPolicy', unless: ['Merge'] },
  { field: 'securityContext.windowsOptions' },
];

/** What containers are held to, and extended resources (`example.com/dongle`), which are only counted. */
const HONOURED = /^(cpu|memory|ephemeral-storage)$|^(?!.*kubernetes\.io\/).*\//;

const CONTAINER: readonly Rule[] = [
  { field: 'env[].valueFrom.fileKeyRef' },
  { field: 'lifecycle.postStart.tcpSocket' },
  { field: 'lifecycle.preStop.tcpSocket' },
  { field: 'resizePolicy' },
  { field: 'resources.claims' },
  { field: 'resources.limits{}', unlessKeys: HONOURED },
  { field: 'restartPolicyRules' },
  { field: 'securityContext.appArmorProfile' },
  { field: 'securityContext.seLinuxOptions' },
  { field: 'securityContext.seccompProfile.type', unless: ['RuntimeDefault', 'Unconfined'] },
  { field: 'securityContext.windowsOptions' },
  { field: 'volumeDevices' },
  { field: 'volumeMounts[].recursiveReadOnly', unless: ['Disabled'] },
];

const VOLUME: readonly Rule[] = [
  { field: 'emptyDir.medium', unless: ['', 'Memory'] },
  ...[
    ...['awsElasticBlockStore', 'azureDisk', 'azureFile', 'cephfs', 'cinder', 'csi'],
    ...['ephemeral', 'fc', 'flexVolume', 'flocker', 'gcePersistentDisk', 'gitRepo', 'glusterfs', 'image', 'iscsi'],
    ...['nfs', 'photonPersistentDisk', 'portworxVolume', 'quobyte', 'rbd'],
    ...['scaleIO', 'storageos', 'vsphereVolume'],
    ...['clusterTrustBundle', 'podCertificate', 'serviceAccountToken'].map((source) => `projected.sources[].${source}`),
  ].map((field) => ({ field })),
];

const RULES: readonly Rule[] = [
  ...SPEC,
  ...under('initContainers[]', CONTAINER),
  { field: 'containers[].restartPolicy' },
  ...under('containers[]', CONTAINER),
  ...under('volumes[]', VOLUME),
];

/** Taken apart once: every pod that is made is held against all of them. */
const PATHS = RULES.map((rule) => ({ rule, way: segments(rule.field) }));

function under(parent: string, rules: readonly Rule[]): Rule[] {
  return rules.map((rule) => ({ ...rule, field: `${parent}.${rule.field}` }));
}

interface Found {
  readonly path: string;
  readonly key: string;
  readonly value: unknown;
}

/**
 * One sentence per field of this pod, or template of pods, that nothing acts on: for `Warning` headers.
 * @param path of the spec: `spec`, `spec.template.spec`
 */
export function notHonoured({ spec }: Pick<Pod, 'spec'>, path = 'spec'): string[] {
  return PATHS.flatMap(({ rule, way }) =>
    find(spec, path, way)
      .filter((found) => isNews(found, rule))
      .map((found) => `${found.path}: is accepted but not acted on by this version of Bramble`),
  );
}

function isNews({ key, value }: Found, { unless, unlessKeys }: Rule): boolean {
  return !isEmpty(value) && !unless?.includes(value) && !unlessKeys?.test(key);
}

/** An empty list, map or text asks for nothing; an empty object (`downwardAPI: {}`) may. */
function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

/** `a.b[].c` is a, b, [], c. */
function segments(field: string): string[] {
  return field.replaceAll('[]', '.[]').replaceAll('{}', '.{}').split('.');
}

function find(node: unknown, path: string, [segment, ...rest]: readonly string[]): Found[] {
  if (segment === undefined || typeof node !== 'object' || node === null) return [];
  return children(node, path, segment).flatMap((child) =>
    rest.length === 0 ? [child] : find(child.value, child.path, rest),
  );
}

function children(parent: object, path: string, segment: string): Found[] {
  const entries = Object.entries(parent);
  if (segment === '[]' || segment === '{}') {
    return entries.map(([key, value]) => ({ path: `${path}[${key}]`, key, value }));
  }
  const entry = entries.find(([key]) => key === segment);
  return entry ? [{ path: `${path}.${segment}`, key: segment, value: entry[1] }] : [];
}
