import type { Node, Pod, Volume } from '../../api/types.ts';
import type { Assignments } from '../assignments.ts';
import type { Allocatable } from '../env/resource-ref.ts';
import type { MemoryMounts } from './memory-mounts.ts';

/** A volume could not be made ready; `message` is what the FailedMount event says of it. */
export class VolumeError extends Error {
  override readonly name = 'VolumeError';
}

/** The volume is none of this node's; `message` is all of what the FailedMount event says. */
export class NodeAffinityError extends VolumeError {}

/** What volumes are made from besides the pod. */
export interface VolumeSources extends Pick<Assignments, 'configMap' | 'secret' | 'claim' | 'volume'> {
  /** `<data-dir>/volumes`: a folder for each volume that this cluster made here. */
  readonly volumesDir: string;
  /** Mounts those that live in memory. */
  readonly memory: MemoryMounts;
  /** This node with its labels, as the master has it; undefined before the first session of all. */
  node(): Node | undefined;
  /** What this node gives to pods. */
  allocatable(): Allocatable;
}

/** Where one volume of one pod lives on this node. */
export interface VolumePlace {
  readonly pod: Pod;
  readonly volume: Volume;
  /** `<data-dir>/pods/<uid>/volumes/<plugin>/<name>`, the volume's own; not there before setUp. */
  readonly dir: string;
}

/** One kind of volume. All are idempotent. */
export interface VolumeKind {
  /** As the field of a v1 Volume: `emptyDir`. */
  readonly field: keyof Volume;
  /** Directory of its volumes, as kubelet names it: `kubernetes.io~empty-dir`. */
  readonly plugin: string;
  /** Containers may only read it, whatever their mounts say. */
  readonly isReadOnly?: true;
  /** Makes it ready, or brings it up to date. Throws VolumeError in words for the user. */
  setUp(place: VolumePlace, sources: VolumeSources): Promise<void>;
  /** Takes the volume's directory away, whatever state it is in; fine when there is none. Knows only the directory: the spec may be gone. */
  tearDown(dir: string): Promise<void>;
  /** The path on the host that containers mount. */
  hostPath(place: VolumePlace, sources: VolumeSources): string;
}
