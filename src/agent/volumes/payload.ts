import type { Container, Pod, Volume } from '../../api/types.ts';
import { fieldValue } from '../env/field-ref.ts';
import { resourceValue } from '../env/resource-ref.ts';
import type { VolumeFile } from './atomic-writer.ts';
import { VolumeError, type VolumeSources } from './volume.ts';

/** The files of a volume, by path. */
export type Payload = ReadonlyMap<string, VolumeFile>;

interface PayloadContext {
  readonly pod: Pod;
  readonly sources: VolumeSources;
  /** Of files that name none of their own. */
  readonly defaultMode: number;
}

interface ObjectSource {
  readonly name: string;
  readonly optional?: boolean;
  readonly items?: readonly { readonly key: string; readonly path: string; readonly mode?: number }[];
}

type DownwardItems = NonNullable<NonNullable<Volume['downwardAPI']>['items']>;
type ProjectedSource = NonNullable<NonNullable<Volume['projected']>['sources']>[number];

export const FILE_MODE = 0o644;

/** Files of a ConfigMap: text and binary values alike. @throws VolumeError as kubelet words it (configmap.MakePayload) */
export function configMapFiles(source: ObjectSource, { pod, sources, defaultMode }: PayloadContext): Payload {
  const found = sources.configMap(pod.metadata.namespace ?? '', source.name);
  if (!found && !source.optional) throw new VolumeError(`configmap "${source.name}" not found`);
  const data = new Map<string, Buffer>();
  for (const [key, value] of Object.entries(found?.binaryData ?? {})) data.set(key, Buffer.from(value, 'base64'));
  for (const [key, value] of Object.entries(found?.data ?? {})) data.set(key, Buffer.from(value));
  return chosen(data, source, defaultMode, 'configmap references non-existent config key');
}

/** Files of a Secret. @throws VolumeError as kubelet words it (secret.MakePayload) */
export function secretFiles(source: ObjectSource, { pod, sources, defaultMode }: PayloadContext): Payload {
  const found = sources.secret(pod.metadata.namespace ?? '', source.name);
  if (!found && !source.optional) throw new VolumeError(`secret "${source.name}" not found`);
  const entries = Object.entries(found?.data ?? {});
  const data = new Map(entries.map(([key, value]) => [key, Buffer.from(value, 'base64')]));
  return chosen(data, source, defaultMode, 'references non-existent secret key');
}

/** All keys under their own names, or those of `items` where it says. */
function chosen(
  data: ReadonlyMap<string, Buffer>,
  { items, optional }: ObjectSource,
  defaultMode: number,
  complaint: string,
): Payload {
  if (!items?.length) return new Map([...data].map(([key, content]) => [key, { content, mode: defaultMode }]));
  const files = new Map<string, VolumeFile>();
  for (const { key, path, mode = defaultMode } of items) {
    const content = data.get(key);
    if (content) files.set(path, { content, mode });
    else if (!optional) throw new VolumeError(`${complaint}: ${key}`);
  }
  return files;
}

/** Files that hold fields of the pod and resources of its containers. */
export function downwardFiles(items: DownwardItems, { pod, sources, defaultMode }: PayloadContext): Payload {
  const facts = { pod, podIp: '', hostIp: '' };
  const text = ({ fieldRef, resourceFieldRef }: DownwardItems[number]): string => {
    if (fieldRef) return fieldValue(facts, fieldRef.fieldPath);
    if (!resourceFieldRef) return '';
    return resourceValue(
      resourceFieldRef,
      containerNamed(pod, resourceFieldRef.containerName ?? ''),
      sources.allocatable(),
    );
  };
  return new Map(
    items.map((item) => [item.path, { content: Buffer.from(text(item)), mode: item.mode ?? defaultMode }]),
  );
}

function containerNamed(pod: Pod, name: string): Container {
  const found = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].find((c) => c.name === name);
  if (!found) throw new VolumeError(`container ${name} not found`);
  return found;
}

/** Files of several sources in one volume. All that lacks is told at once, as kubelet does. @throws VolumeError */
export function projectedFiles(sources: readonly ProjectedSource[], context: PayloadContext): Payload {
  const files = new Map<string, VolumeFile>();
  const problems: string[] = [];
  for (const source of sources) {
    try {
      for (const [path, file] of sourceFiles(source, context)) files.set(path, file);
    } catch (error) {
      if (!(error instanceof VolumeError)) throw error;
      problems.push(error.message);
    }
  }
  if (problems.length === 0) return files;
  throw new VolumeError(problems.length === 1 ? (problems[0] ?? '') : `[${problems.join(', ')}]`);
}

function sourceFiles(source: ProjectedSource, context: PayloadContext): Payload {
  const { configMap, secret, downwardAPI } = source;
  if (configMap) return configMapFiles({ ...configMap, name: configMap.name ?? '' }, context);
  if (secret) return secretFiles({ ...secret, name: secret.name ?? '' }, context);
  if (downwardAPI) return downwardFiles(downwardAPI.items ?? [], context);
  const [field] = Object.keys(source);
  if (field === undefined) return new Map();
  throw new VolumeError(`projected ${field} sources are not supported by this version of Bramble`);
}
