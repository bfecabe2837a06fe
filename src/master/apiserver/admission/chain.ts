import type { KindDefinition, ObjectKey } from '../../../api/registry.ts';
import type { KubeObject } from '../../../api/types.ts';
import type { UserInfo } from '../auth/user.ts';

/** One write on its way to the store. */
export interface AdmissionRequest {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  readonly kind: KindDefinition;
  readonly key: ObjectKey;
  /** `''` for the main resource. */
  readonly subresource: string;
  /** What is to be stored: mutating plugins change it in place. Of a DELETE: what stands there. */
  readonly object: KubeObject;
  /** What stands there; absent on CREATE. */
  readonly old?: KubeObject;
  readonly user: UserInfo;
  readonly dryRun: boolean;
}

/** Whether the request is about objects of this kind. */
export function isOf({ kind }: AdmissionRequest, wanted: Pick<KindDefinition, 'group' | 'plural'>): boolean {
  return kind.group === wanted.group && kind.plural === wanted.plural;
}

/** A step of the chain; every method is optional. A refusal is a thrown ApiError. */
export interface AdmissionPlugin {
  readonly name: string;
  mutate?(request: AdmissionRequest): Promise<void> | void;
  /** After the kind's own preparation and before its validation; runs `proceed` (down to the write) while it holds a lock. Of a DELETE: around the write. */
  around?<T>(request: AdmissionRequest, proceed: () => Promise<T>): Promise<T>;
  /** After the kind's validation; changes nothing. */
  validate?(request: AdmissionRequest): Promise<void> | void;
}

/** Plugins in order: all that mutate, the object's own preparation, all locks, the object's own validation, all that validate. */
export class AdmissionChain {
  readonly #plugins: readonly AdmissionPlugin[];

  constructor(plugins: readonly AdmissionPlugin[]) {
    this.#plugins = plugins;
  }

  async mutate(request: AdmissionRequest): Promise<void> {
    for (const plugin of this.#plugins) await plugin.mutate?.(request);
  }

  /** @param proceed validates the object, calls `validate` of this chain, and writes. */
  around<T>(request: AdmissionRequest, proceed: () => Promise<T>): Promise<T> {
    const layers = this.#plugins.filter((plugin) => plugin.around);
    const enter = (depth: number): Promise<T> => {
      const layer = layers[depth];
      return layer?.around ? layer.around(request, () => enter(depth + 1)) : proceed();
    };
    return enter(0);
  }

  async validate(request: AdmissionRequest): Promise<void> {
    for (const plugin of this.#plugins) await plugin.validate?.(request);
  }
}
