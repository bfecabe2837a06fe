import type { KindDefinition, ObjectKey } from '../../api/registry.ts';
import { keyOf } from '../../api/registry.ts';
import type { KubeObject, Pod } from '../../api/types.ts';
import type { DeleteOptions, ResourceClient } from '../resource-client.ts';
import { SYSTEM_APISERVER, type UserInfo } from './auth/user.ts';
import type { ResourceEngine } from './resource-engine.ts';
import { bindPod } from './verbs/bind.ts';
import { EVERYTHING } from './verbs/selection.ts';

/** The API for the master's own parts: the same engine, without HTTP and with every right. */
export class LocalClient implements ResourceClient {
  readonly #engine: ResourceEngine;
  readonly #podKind: KindDefinition<Pod>;
  readonly #user: UserInfo;

  constructor(engine: ResourceEngine, podKind: KindDefinition<Pod>, user: UserInfo = SYSTEM_APISERVER) {
    this.#engine = engine;
    this.#podKind = podKind;
    this.#user = user;
  }

  async get<T extends KubeObject>(kind: KindDefinition<T>, key: ObjectKey): Promise<T> {
    // What is stored under a kind's key has that kind's type: nothing else is ever written there.
    return (await this.#engine.get(kind, key)) as T;
  }

  async list<T extends KubeObject>(kind: KindDefinition<T>, namespace: string): Promise<T[]> {
    const { items } = await this.#engine.list(kind, { namespace, selection: EVERYTHING });
    return items as T[];
  }

  async create<T extends KubeObject>(kind: KindDefinition<T>, object: T): Promise<T> {
    const { namespace } = keyOf(object);
    return (await this.#engine.create(kind, object, { user: this.#user, namespace })) as T;
  }

  async update<T extends KubeObject>(
    kind: KindDefinition<T>,
    object: T,
    options: { readonly subresource?: 'status' | 'finalize'; readonly volatile?: boolean } = {},
  ): Promise<T> {
    const updated = await this.#engine.update(kind, {
      user: this.#user,
      key: keyOf(object),
      subresource: options.subresource ?? '',
      volatile: options.volatile ?? false,
      change: () => structuredClone<KubeObject>(object),
    });
    return updated as T;
  }

  async delete<T extends KubeObject>(
    kind: KindDefinition<T>,
    key: ObjectKey,
    options: DeleteOptions = {},
  ): Promise<void> {
    await this.#engine.delete(kind, { user: this.#user, key, options });
  }

  async bind(pod: ObjectKey, uid: string, nodeName: string): Promise<void> {
    await bindPod(this.#engine, this.#podKind, { user: this.#user, pod, uid, nodeName });
  }
}
