import type { ApiConnection } from '../../../scripts/lib/api-connection.ts';
import type { KubeObject, ObjectMeta, Scale } from '../../../src/api/types.ts';
import type { StatusAnswer } from '../../lib/raw-client.ts';
import type { Kind } from './kinds.ts';
import { Watch } from './watch.ts';

/** An object to create: the kind is the collection's. */
export type Draft<T extends KubeObject> = Omit<T, 'apiVersion' | 'kind' | 'metadata'> & {
  metadata: Partial<ObjectMeta>;
};

export interface ListOf<T> {
  readonly kind: string;
  readonly metadata: {
    readonly resourceVersion?: string;
    readonly continue?: string;
    readonly remainingItemCount?: number;
  };
  readonly items: T[];
}

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export type PatchType = 'merge' | 'strategic-merge' | 'json';

/** The API refused: its Status. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: number;
  readonly reason: string;
  readonly status: StatusAnswer;
  constructor(request: string, status: StatusAnswer) {
    super(`${request}: ${status.code} ${status.reason ?? ''} ${status.message}`);
    this.code = status.code;
    this.reason = status.reason ?? '';
    this.status = status;
  }
}

/** Whether an error is the API's refusal with this code. */
export function isRefusal(error: unknown, code: number): error is Refusal {
  return error instanceof Refusal && error.code === code;
}

/** @throws Refusal for any code of 300 and more. */
export async function send<T>(
  connection: ApiConnection,
  method: string,
  path: string,
  sending: { readonly body?: unknown; readonly contentType?: string; readonly accept?: string } = {},
): Promise<T> {
  const { code, text } = await connection.send(method, path, sending);
  if (code < 300) return JSON.parse(text) as T;
  throw new Refusal(`${method} ${path}`, statusOf(code, text));
}

function statusOf(code: number, text: string): StatusAnswer {
  try {
    return { ...(JSON.parse(text) as StatusAnswer), code };
  } catch {
    return { kind: '', status: 'Failure', message: text.slice(0, 300), code };
  }
}

/** One kind's objects in one namespace, in all of them, or of the cluster. */
export class Collection<T extends KubeObject> {
  readonly kind: Kind<T>;
  readonly #connection: ApiConnection;
  readonly #path: string;
  readonly #watches: Watch<KubeObject>[];

  /** @param namespace undefined for all of them, or for a kind without. @param watches takes those that are opened, to be stopped. */
  constructor(
    connection: ApiConnection,
    { kind, namespace, watches }: { kind: Kind<T>; namespace: string | undefined; watches: Watch<KubeObject>[] },
  ) {
    this.kind = kind;
    this.#connection = connection;
    this.#watches = watches;
    const root = kind.apiVersion.includes('/') ? `/apis/${kind.apiVersion}` : `/api/${kind.apiVersion}`;
    const inNamespace = kind.namespaced && namespace !== undefined ? `/namespaces/${namespace}` : '';
    this.#path = `${root}${inNamespace}/${kind.resource}`;
  }

  /** Path of one object, or of a subresource of it. */
  path(name: string, subresource?: string): string {
    return `${this.#path}/${name}${subresource ? `/${subresource}` : ''}`;
  }

  get(name: string, subresource?: string): Promise<T> {
    return send(this.#connection, 'GET', this.path(name, subresource));
  }

  /** The object, or undefined when there is none. */
  async find(name: string): Promise<T | undefined> {
    try {
      return await this.get(name);
    } catch (error) {
      if (isRefusal(error, 404)) return undefined;
      throw error;
    }
  }

  list(query: Query = {}): Promise<ListOf<T>> {
    return send(this.#connection, 'GET', this.#path + encode(query));
  }

  create(draft: Draft<T>, query: Query = {}): Promise<T> {
    const { apiVersion, kind } = this.kind;
    return send(this.#connection, 'POST', this.#path + encode(query), { body: { apiVersion, kind, ...draft } });
  }

  /** Replaces the object whole, or its status. Conflicts are refused, as for any client. */
  update(object: T, subresource?: string): Promise<T> {
    const { apiVersion, kind } = this.kind;
    const path = this.path(object.metadata.name, subresource);
    return send(this.#connection, 'PUT', path, { body: { ...object, apiVersion, kind } });
  }

  /** Reads, changes and writes until no other writer was in between. */
  async edit(name: string, change: (object: T) => T, subresource?: string): Promise<T> {
    for (;;) {
      try {
        return await this.update(change(await this.get(name)), subresource);
      } catch (error) {
        if (!isRefusal(error, 409)) throw error;
      }
    }
  }

  patch(
    name: string,
    patch: unknown,
    { type = 'merge', subresource }: { type?: PatchType; subresource?: string } = {},
  ): Promise<T> {
    const contentType = `application/${type}-patch+json`;
    return send(this.#connection, 'PATCH', this.path(name, subresource), { body: patch, contentType });
  }

  /** @param options of DeleteOptions: propagationPolicy, gracePeriodSeconds, preconditions. */
  delete(name: string, options: Readonly<Record<string, unknown>> = {}): Promise<KubeObject> {
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', ...options };
    return send(this.#connection, 'DELETE', this.path(name), { body });
  }

  deleteCollection(query: Query, options: Readonly<Record<string, unknown>> = {}): Promise<KubeObject> {
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', ...options };
    return send(this.#connection, 'DELETE', this.#path + encode(query), { body });
  }

  getScale(name: string): Promise<Scale> {
    return send(this.#connection, 'GET', this.path(name, 'scale'));
  }

  updateScale(name: string, scale: Scale): Promise<Scale> {
    return send(this.#connection, 'PUT', this.path(name, 'scale'), { body: scale });
  }

  patchScale(name: string, patch: unknown): Promise<Scale> {
    const sending = { body: patch, contentType: 'application/merge-patch+json' };
    return send(this.#connection, 'PATCH', this.path(name, 'scale'), sending);
  }

  /** Follows the collection. Without a resourceVersion it begins with what is there. @returns once it is accepted. */
  async watch(query: Query = {}): Promise<Watch<T>> {
    const watch = await Watch.open<T>(this.#connection, this.#path + encode({ watch: true, ...query }));
    this.#watches.push(watch as unknown as Watch<KubeObject>);
    return watch;
  }
}

/** `?labelSelector=a%3Db`, or nothing. */
function encode(query: Query): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  return given.length === 0 ? '' : `?${new URLSearchParams(given.map(([key, value]) => [key, String(value)]))}`;
}
