import type { KindDefinition, ObjectKey } from '../api/registry.ts';
import type { KubeObject } from '../api/types.ts';

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

/**
 * The API as the master's own parts use it (controllers, scheduler, nodes): the same defaults, validation, admission and
 * optimistic locking as over HTTPS, without HTTP. All throw ApiError. What is handed in is never changed.
 */
export interface ResourceClient {
  get<T extends KubeObject>(kind: KindDefinition<T>, key: ObjectKey): Promise<T>;
  /** What is stored now, of one namespace; controllers read the ObjectCache instead wherever a moment old is new enough. */
  list<T extends KubeObject>(kind: KindDefinition<T>, namespace: string): Promise<T[]>;
  create<T extends KubeObject>(kind: KindDefinition<T>, object: T): Promise<T>;
  /** Replaces; metadata.resourceVersion, when set, must be the stored one. `finalize` is for Namespaces: it changes spec.finalizers alone. */
  update<T extends KubeObject>(
    kind: KindDefinition<T>,
    object: T,
    options?: { readonly subresource?: 'status' | 'finalize'; readonly volatile?: boolean },
  ): Promise<T>;
  delete<T extends KubeObject>(kind: KindDefinition<T>, key: ObjectKey, options?: DeleteOptions): Promise<void>;
  /** POST of a pods/binding: sets spec.nodeName and the PodScheduled condition. Conflict when the pod is bound already. */
  bind(pod: ObjectKey, uid: string, nodeName: string): Promise<void>;
}

export type Change<T extends KubeObject = KubeObject> =
  | { readonly type: 'added'; readonly object: T }
  | { readonly type: 'modified'; readonly object: T; readonly previous: T }
  | { readonly type: 'deleted'; readonly object: T };

/** Every object of the watched kinds, decoded once and kept current by watches: what controllers read. Never change what it returns. */
export interface ObjectCache {
  get<T extends KubeObject>(kind: KindDefinition<T>, key: ObjectKey): T | undefined;
  /** All of a kind, or those of one namespace; order is by key. */
  list<T extends KubeObject>(kind: KindDefinition<T>, namespace?: string): readonly T[];
  /** Tells of every later change; what is there already comes first, as `added`. @returns ends it. */
  subscribe<T extends KubeObject>(kind: KindDefinition<T>, onChange: (change: Change<T>) => void): () => void;
}

/** Writes an Event beside what it is about; repeats are counted on the one that is there, as client-go's recorder does. Never throws. */
export interface EventRecorder {
  record(
    about: KubeObject,
    event: {
      readonly type: 'Normal' | 'Warning';
      readonly reason: string;
      readonly message: string;
      /** `default-scheduler`, `kubelet`, ... */
      readonly component: string;
      readonly host?: string;
      /** `spec.containers{nginx}`: the part of `about` it concerns. */
      readonly fieldPath?: string;
    },
  ): void;
}
