import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type AddressState, nextAddress, parseAddressState, stateFor } from './address-pool.ts';
import { requireCidr } from './cidr.ts';
import { NetworkError } from './network-error.ts';

/** Pod addresses of one node, in one small file that is replaced whole. */
export class AddressBook {
  readonly #path: string;
  #state: AddressState | undefined;
  /** What the file holds. */
  #saved: AddressState | undefined;
  #isRead = false;
  /** The write under way, and the one that begins when it ends: all changes meanwhile share that one. */
  #writing: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  /** @param path `<data-dir>/agent/addresses.json` */
  constructor(path: string) {
    this.#path = path;
  }

  /** From here on addresses are of this range; those of another are forgotten. */
  async use(podCidr: string): Promise<void> {
    requireCidr(podCidr);
    if (!this.#isRead) this.#state = await this.#read();
    this.#isRead = true;
    this.#state = stateFor(podCidr, this.#state);
  }

  /** The pod's address, on disk before it is returned. @throws NetworkError AddressesExhausted */
  async allocate(podUid: string): Promise<string> {
    const state = this.#current();
    const known = state.byPod[podUid];
    const address = known ?? nextAddress(requireCidr(state.podCidr), new Set(Object.values(state.byPod)), state.last);
    if (address === undefined)
      throw new NetworkError('AddressesExhausted', `all pod addresses of ${state.podCidr} are in use on this node`);
    if (known === undefined) this.#state = { ...state, last: address, byPod: { ...state.byPod, [podUid]: address } };
    // Also for a known one: it may still be on its way to the disk.
    await this.#save();
    return address;
  }

  async release(podUid: string): Promise<void> {
    const state = this.#current();
    if (state.byPod[podUid] === undefined) return;
    const { [podUid]: _gone, ...byPod } = state.byPod;
    this.#state = { ...state, byPod };
    await this.#save();
  }

  /** Takes the file away. */
  async remove(): Promise<void> {
    await this.#writing.catch(() => undefined); // told to those who waited for it
    this.#state = undefined;
    this.#saved = undefined;
    await rm(this.#path, { force: true });
  }

  #current(): AddressState {
    if (!this.#state) throw new NetworkError('InvalidCidr', 'the node has no pod CIDR yet');
    return this.#state;
  }

  async #read(): Promise<AddressState | undefined> {
    try {
      return parseAddressState(await readFile(this.#path, 'utf8'));
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
  }

  #save(): Promise<void> {
    if (this.#state === this.#saved) return Promise.resolve();
    this.#next ??= this.#writing
      .catch(() => undefined) // told to those who waited for it
      .then(() => {
        this.#next = undefined;
        this.#writing = this.#write();
        return this.#writing;
      });
    return this.#next;
  }

  async #write(): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true });
    const temporary = `${this.#path}.new`;
    const state = this.#state;
    const file = await open(temporary, 'w', 0o600);
    try {
      await file.writeFile(JSON.stringify(state));
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(temporary, this.#path);
    this.#saved = state;
  }
}
