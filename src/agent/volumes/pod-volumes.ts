import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Container, Pod, Volume } from '../../api/types.ts';
import type { EnvEntry } from '../env/environment.ts';
import { expand, namesWithoutValue } from '../env/expand.ts';
import type { HostMount } from '../runtime/runtime.ts';
import { claimVolume } from './claim.ts';
import { emptyDir } from './empty-dir.ts';
import { configMapVolume, downwardApiVolume, projectedVolume, secretVolume } from './file-volumes.ts';
import { hostPath } from './host-path.ts';
import { resolveSubPath } from './sub-path.ts';
import { NodeAffinityError, VolumeError, type VolumeKind, type VolumePlace, type VolumeSources } from './volume.ts';

type VolumeMount = NonNullable<Container['volumeMounts']>[number];

/** Every kind there is, in the order they are set up; torn down in reverse. */
const KINDS: readonly VolumeKind[] = [
  emptyDir,
  hostPath,
  claimVolume,
  configMapVolume,
  secretVolume,
  downwardApiVolume,
  projectedVolume,
];

/** Kubernetes' words for how a mount passes on what is mounted later. */
const PROPAGATION = { None: 'rprivate', HostToContainer: 'rslave', Bidirectional: 'rshared' } as const;

/** The volumes of pods under `<data-dir>/pods/<uid>/volumes`. */
export class PodVolumes {
  readonly #podsDir: string;
  readonly #sources: VolumeSources;

  /** @param podsDir `<data-dir>/pods` */
  constructor(podsDir: string, sources: VolumeSources) {
    this.#podsDir = podsDir;
    this.#sources = sources;
  }

  /** Makes all volumes of a pod ready, or brings them up to date; safe to repeat. @throws VolumeError as the FailedMount event says it. */
  async setUp(pod: Pod): Promise<void> {
    for (const volume of pod.spec.volumes ?? []) {
      try {
        await kindOf(volume).setUp(this.#place(pod, volume), this.#sources);
      } catch (error) {
        if (error instanceof NodeAffinityError) throw error;
        const why = error instanceof Error ? error.message : String(error);
        throw new VolumeError(`MountVolume.SetUp failed for volume "${volume.name}" : ${why}`, { cause: error });
      }
    }
  }

  /** Takes every volume of a pod away, found by directory alone: the pod's spec may be long gone. Fine when there is none. */
  async tearDown(podUid: string): Promise<void> {
    const root = join(this.#podsDir, podUid, 'volumes');
    for (const kind of KINDS.toReversed()) {
      for (const name of await entries(join(root, kind.plugin))) await kind.tearDown(join(root, kind.plugin, name));
    }
    await rm(root, { recursive: true, force: true });
  }

  /** A container's mounts on the host; its volumes must be set up. @param env that `subPathExpr` refers to @throws VolumeError */
  async mounts(pod: Pod, container: Container, env: readonly EnvEntry[] = []): Promise<HostMount[]> {
    const mounts: HostMount[] = [];
    for (const mount of container.volumeMounts ?? []) {
      const volume = (pod.spec.volumes ?? []).find((v) => v.name === mount.name);
      if (!volume) throw new VolumeError(`volume "${mount.name}" of container "${container.name}" is not in the pod`);
      const kind = kindOf(volume);
      const whole = kind.hostPath(this.#place(pod, volume), this.#sources);
      const subPath = expandedSubPath(mount, env);
      mounts.push({
        hostPath: subPath ? await subPathOf(whole, subPath, { mount: mount.name, container }) : whole,
        containerPath: mount.mountPath,
        readOnly: mount.readOnly || kind.isReadOnly || volume.persistentVolumeClaim?.readOnly || false,
        ...(mount.mountPropagation
          ? { propagation: PROPAGATION[mount.mountPropagation as keyof typeof PROPAGATION] }
          : {}),
      });
    }
    return mounts;
  }

  #place(pod: Pod, volume: Volume): VolumePlace {
    return {
      pod,
      volume,
      dir: join(this.#podsDir, pod.metadata.uid ?? '', 'volumes', kindOf(volume).plugin, volume.name),
    };
  }
}

/** `subPath`, or `subPathExpr` with the container's variables in it. @throws VolumeError for a variable that is not there */
function expandedSubPath({ subPath = '', subPathExpr }: VolumeMount, env: readonly EnvEntry[]): string {
  if (!subPathExpr) return subPath;
  const values = new Map(env.map(({ name, value }) => [name, value]));
  const missing = namesWithoutValue(subPathExpr, values);
  // kubelet's words.
  if (missing.length > 0) throw new VolumeError(missing.map((name) => `missing value for "${name}"`).join(', '));
  return expand(subPathExpr, values);
}

async function subPathOf(
  volumePath: string,
  subPath: string,
  names: { mount: string; container: Container },
): Promise<string> {
  try {
    return await resolveSubPath(volumePath, subPath);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const what = `failed to prepare subPath for volumeMount "${names.mount}" of container "${names.container.name}"`;
    throw new VolumeError(`${what}: ${why}`, { cause: error });
  }
}

/** @throws VolumeError for a kind this version does not know. */
function kindOf(volume: Volume): VolumeKind {
  const kind = KINDS.find((candidate) => volume[candidate.field] !== undefined);
  if (kind) return kind;
  const field = Object.keys(volume).find((key) => key !== 'name') ?? 'unknown';
  throw new VolumeError(`${field} volumes are not supported by this version of Bramble`);
}

async function entries(dir: string): Promise<string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
