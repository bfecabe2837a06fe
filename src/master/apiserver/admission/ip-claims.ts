import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { IP_ADDRESS, ipAddressOf, serviceOf } from '../../../api/kinds/ip-address.ts';
import type { KindDefinition, ObjectKey } from '../../../api/registry.ts';
import type { IPAddress } from '../../../api/types.ts';
import { type Clock, toRfc3339 } from '../../../lib/clock.ts';
import { storageKey } from '../../store/keys.ts';
import type { Store } from '../../store/store.ts';
import { encodeFor, readCurrent } from '../verbs/stored.ts';

const KIND = IP_ADDRESS as unknown as KindDefinition;

/**
 * Makes addresses a Service's, and free again. An address is somebody's when the object of its name is stored: the store makes
 * one of two that want it lose, and a crash leaves at worst an address that nobody uses (the repair frees it).
 */
export class IpClaims {
  readonly #store: Store;
  readonly #clock: Clock;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** @returns false when it is somebody else's; one that a crash left to this very Service is taken over */
  async claim(ip: string, service: ObjectKey): Promise<boolean> {
    const address = ipAddressOf(ip, service);
    Object.assign(address.metadata, { uid: randomUUID(), creationTimestamp: toRfc3339(this.#clock.now()) });
    const result = await this.#store.create(storageKey(KIND, { namespace: '', name: ip }), encodeFor(KIND, address));
    if (result.done) return true;
    const there = await this.#read(ip);
    return there !== undefined && isDeepStrictEqual(serviceOf(there.object), service);
  }

  /** Frees an address of this Service's; what is somebody else's stays. */
  async release(ip: string, service: ObjectKey): Promise<void> {
    const there = await this.#read(ip);
    if (!there || !isDeepStrictEqual(serviceOf(there.object), service)) return;
    await this.#store.delete(storageKey(KIND, { namespace: '', name: ip }), there.revision);
  }

  async #read(ip: string): Promise<{ readonly object: IPAddress; readonly revision: number } | undefined> {
    const current = await readCurrent(this.#store, KIND, { namespace: '', name: ip });
    return current && { object: current.object as IPAddress, revision: current.revision };
  }
}
