import { randomBytes } from 'node:crypto';
import type { ApiConnection } from '../../../scripts/lib/api-connection.ts';
import type { KubeObject, Namespace } from '../../../src/api/types.ts';
import { eventually } from '../../lib/eventually.ts';
import { Collection, isRefusal, send } from './collection.ts';
import { type Kind, NAMESPACES, PODS, SERVICE_ACCOUNTS } from './kinds.ts';
import type { Watch } from './watch.ts';

/** What one test works with: the API, and a namespace of its own that goes when the test has ended. */
export class Context {
  readonly connection: ApiConnection;
  readonly #watches: Watch<KubeObject>[] = [];
  readonly #undo: (() => Promise<unknown>)[] = [];
  #namespace = '';

  constructor(connection: ApiConnection) {
    this.connection = connection;
  }

  /** The test's namespace. */
  get namespace(): string {
    return this.#namespace;
  }

  async open(): Promise<this> {
    this.#namespace = (await this.newNamespace()).metadata.name;
    return this;
  }

  /** The kind's objects in the test's namespace, or the cluster's when the kind has none. */
  all<T extends KubeObject>(kind: Kind<T>): Collection<T> {
    return this.in(this.#namespace, kind);
  }

  in<T extends KubeObject>(namespace: string, kind: Kind<T>): Collection<T> {
    return new Collection(this.connection, { kind, namespace, watches: this.#watches });
  }

  everywhere<T extends KubeObject>(kind: Kind<T>): Collection<T> {
    return new Collection(this.connection, { kind, namespace: undefined, watches: this.#watches });
  }

  /** Any request. @throws Refusal */
  send<T>(method: string, path: string, sending: Parameters<typeof send>[3] = {}): Promise<T> {
    return send<T>(this.connection, method, path, sending);
  }

  /** `name-` and eight letters that no other test has. */
  unique(name: string): string {
    return `${name}-${randomBytes(4).toString('hex')}`;
  }

  /** Tries again until `check` stops throwing. @throws its last error after `timeoutMs`. */
  eventually<T>(check: () => Promise<T> | T, timeoutMs = 60_000): Promise<T> {
    return eventually(check, timeoutMs);
  }

  /** Waits until an object is gone. */
  async gone<T extends KubeObject>(collection: Collection<T>, name: string, timeoutMs = 60_000): Promise<void> {
    await eventually(async () => {
      const object = await collection.find(name);
      if (object) throw new Error(`${collection.kind.kind} ${name} is still there: ${JSON.stringify(object.metadata)}`);
    }, timeoutMs);
  }

  /** What must be taken back when the test has ended, in reverse order; failures of it are no failure of the test. */
  afterwards(undo: () => Promise<unknown>): void {
    this.#undo.push(undo);
  }

  /** Another namespace, ready for pods, that goes with the test. */
  async newNamespace(metadata: Partial<Namespace['metadata']> = {}): Promise<Namespace> {
    const namespaces = this.everywhere(NAMESPACES);
    const made = await namespaces.create({ metadata: { name: this.unique('conformance'), ...metadata } });
    const { name } = made.metadata;
    this.afterwards(async () => {
      await namespaces.delete(name);
      // Nobody waits for a grace period whose test is over.
      await this.in(name, PODS).deleteCollection({}, { gracePeriodSeconds: 0 });
    });
    await eventually(() => this.in(name, SERVICE_ACCOUNTS).get('default'));
    return made;
  }

  async close(): Promise<void> {
    for (const watch of this.#watches) watch.stop();
    for (const undo of this.#undo.toReversed())
      await undo().catch((error: unknown) => {
        if (!isRefusal(error, 404) && !isRefusal(error, 409)) console.error(`cleaning up: ${error}`);
      });
  }
}
