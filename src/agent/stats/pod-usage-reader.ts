import { join } from 'node:path';
import type { Pod } from '../../api/types.ts';
import type { ContainerUsage, PodUsage, VolumeUsage } from '../eviction/pod-usage.ts';
import type { StarvedResource } from '../eviction/signals.ts';
import type { ContainerFiles, ObservedContainer, Runtime } from '../runtime/runtime.ts';
import { cgroupUsage } from './cgroup.ts';
import { type DiskUsage, diskUsage } from './disk-usage.ts';

export interface PodUsageReaderOptions {
  readonly runtime: Pick<Runtime, 'list' | 'containerFiles'>;
  /** `<data-dir>/pods` */
  readonly podsDir: string;
}

/** Measures what pods use, when somebody must know: nothing here runs while the node has room. */
export class PodUsageReader {
  readonly #options: PodUsageReaderOptions;

  constructor(options: PodUsageReaderOptions) {
    this.#options = options;
  }

  /** By uid, what matters for one resource. A pod that cannot be measured is not in it. */
  async read(pods: readonly Pod[], resource: StarvedResource): Promise<Map<string, PodUsage>> {
    const containers = Map.groupBy(await this.#options.runtime.list(), ({ podUid }) => podUid);
    const usages = new Map<string, PodUsage>();
    for (const pod of pods) {
      const { uid = '' } = pod.metadata;
      const own = (containers.get(uid) ?? []).filter(({ role }) => role === 'container');
      const isOnDisk = resource === 'ephemeral-storage' || resource === 'inodes';
      usages.set(uid, isOnDisk ? await this.#ofDisk(pod, own) : await this.#ofCgroups(own));
    }
    return usages;
  }

  async #ofCgroups(containers: readonly ObservedContainer[]): Promise<PodUsage> {
    const running = containers.filter(({ pid }) => pid > 0);
    const measured = await Promise.all(
      running.map(async ({ containerName, pid }) => ({ name: containerName, ...(await cgroupUsage(pid)) })),
    );
    return { containers: measured, volumes: [] };
  }

  async #ofDisk(pod: Pod, containers: readonly ObservedContainer[]): Promise<PodUsage> {
    const folders = this.#emptyDirs(pod);
    const files = await Promise.all(containers.map(({ id }) => this.#options.runtime.containerFiles(id)));
    const layers = files.flatMap((found) => found?.folders ?? []);
    const usage = await diskUsage([...folders.values(), ...layers]);
    const byName = Map.groupBy(containers.keys(), (index) => containers[index]?.containerName ?? '');
    return {
      // The ended ones of a name still hold their layer and log.
      containers: [...byName].map(([name, indexes]) =>
        ofContainer(
          name,
          indexes.map((at) => files[at]),
          usage,
        ),
      ),
      volumes: [...folders].map(([name, folder]): VolumeUsage => ({ name, ...sum([usage.get(folder)]) })),
    };
  }

  /** The folders of a pod's emptyDirs that are on disk, by volume. */
  #emptyDirs({ metadata, spec }: Pod): Map<string, string> {
    const folder = join(this.#options.podsDir, metadata.uid ?? '', 'volumes', 'kubernetes.io~empty-dir');
    const onDisk = (spec.volumes ?? []).filter(({ emptyDir }) => emptyDir && emptyDir.medium !== 'Memory');
    return new Map(onDisk.map(({ name }) => [name, join(folder, name)]));
  }
}

function ofContainer(
  name: string,
  files: readonly (ContainerFiles | undefined)[],
  usage: ReadonlyMap<string, DiskUsage>,
): ContainerUsage {
  const found = files.filter((each) => each !== undefined);
  const { diskBytes, inodes } = sum(found.flatMap(({ folders }) => folders.map((folder) => usage.get(folder))));
  const unseen = found.reduce((total, { writableBytes }) => total + (writableBytes ?? 0), 0);
  return { name, diskBytes: diskBytes + unseen, inodes };
}

function sum(usages: readonly (DiskUsage | undefined)[]): DiskUsage {
  return usages.reduce<DiskUsage>(
    (total, each) => ({
      diskBytes: total.diskBytes + (each?.diskBytes ?? 0),
      inodes: total.inodes + (each?.inodes ?? 0),
    }),
    { diskBytes: 0, inodes: 0 },
  );
}
