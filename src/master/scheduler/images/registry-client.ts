import type { ImageReference } from '../../../lib/images/reference.ts';
import type { RegistryAuth } from '../../../lib/images/registry-auths.ts';
import { asRecord, isIndex, parseChallenge, platformsOfIndex } from './registry-answers.ts';

/** What a registry could not be asked, or did not say. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
}

export interface RegistryQuestion {
  readonly image: ImageReference;
  readonly auth: RegistryAuth | undefined;
  readonly signal: AbortSignal;
}

const MANIFEST_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');
/** Manifests and configurations are far smaller. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/** Asks registries what an image was built for. Source: OCI distribution specification; Docker's token authentication. */
export class RegistryClient {
  readonly #mirrors: readonly string[];

  /** @param mirrors of Docker Hub, asked first: `http://pi:5000` or `https://mirror.example.com`; others are spoken to by HTTPS alone. */
  constructor(mirrors: readonly string[]) {
    this.#mirrors = mirrors.map((mirror) => mirror.replace(/\/+$/, ''));
  }

  /** @returns architectures as Go calls them, without repeats. @throws RegistryError when nobody says. */
  async architectures({ image, auth, signal }: RegistryQuestion): Promise<string[]> {
    const isOnHub = image.registry === 'docker.io';
    const sources = isOnHub
      ? [
          ...this.#mirrors.map((base) => ({ base, isMirror: true })),
          { base: 'https://registry-1.docker.io', isMirror: false },
        ]
      : [{ base: `https://${image.registry}`, isMirror: false }];
    const failures: string[] = [];
    for (const { base, isMirror } of sources) {
      try {
        // What opens the Hub is none of a mirror's business.
        return await new Conversation(base, image.repository, isMirror ? undefined : auth, signal).architectures(image);
      } catch (cause) {
        signal.throwIfAborted();
        failures.push(`${base}: ${cause instanceof Error ? cause.message : cause}`);
      }
    }
    throw new RegistryError(failures.join('; '));
  }
}

/** Requests about one repository of one registry, with the token that they need. */
class Conversation {
  readonly #base: string;
  readonly #repository: string;
  readonly #auth: RegistryAuth | undefined;
  readonly #signal: AbortSignal;
  #authorization: string | undefined;

  constructor(base: string, repository: string, auth: RegistryAuth | undefined, signal: AbortSignal) {
    this.#base = base;
    this.#repository = repository;
    this.#auth = auth;
    this.#signal = signal;
  }

  async architectures({ tag, digest }: ImageReference): Promise<string[]> {
    const manifest = asRecord(await this.#json(`manifests/${digest ?? tag}`, MANIFEST_TYPES));
    if (isIndex(manifest)) {
      const architectures = platformsOfIndex(manifest);
      if (architectures.length > 0) return architectures;
      throw new RegistryError('the index names no Linux platform');
    }
    const config = asRecord(manifest.config).digest;
    if (typeof config !== 'string') throw new RegistryError('the manifest names no configuration');
    const { architecture } = asRecord(await this.#json(`blobs/${config}`, '*/*'));
    if (typeof architecture !== 'string') throw new RegistryError('the configuration names no architecture');
    return [architecture];
  }

  async #json(path: string, accept: string): Promise<unknown> {
    const url = `${this.#base}/v2/${this.#repository}/${path}`;
    let answer = await this.#get(url, accept);
    if (answer.status === 401) {
      await answer.body?.cancel();
      this.#authorization = await this.#authorize(answer.headers.get('www-authenticate') ?? '');
      answer = await this.#get(url, accept);
    }
    if (!answer.ok) {
      await answer.body?.cancel();
      throw new RegistryError(`${answer.status} for ${path}`);
    }
    return readJson(answer);
  }

  #get(url: string, accept: string): Promise<Response> {
    const headers = { accept, ...(this.#authorization ? { authorization: this.#authorization } : {}) };
    // Blobs lie elsewhere as a rule; fetch does not take the authorization along to another host.
    return fetch(url, { headers, signal: this.#signal });
  }

  async #authorize(challenge: string): Promise<string> {
    const { scheme, parameters } = parseChallenge(challenge);
    const basic =
      this.#auth && `Basic ${Buffer.from(`${this.#auth.username}:${this.#auth.password}`).toString('base64')}`;
    if (scheme === 'basic' && basic) return basic;
    if (scheme !== 'bearer' || !parameters.realm) throw new RegistryError('credentials are needed');
    const realm = new URL(parameters.realm);
    const isPlain = realm.protocol === 'http:' && this.#base.startsWith('http://');
    if (realm.protocol !== 'https:' && !isPlain) throw new RegistryError(`tokens from ${realm.origin} are not trusted`);
    if (parameters.service) realm.searchParams.set('service', parameters.service);
    realm.searchParams.set('scope', `repository:${this.#repository}:pull`);
    const headers = basic ? { authorization: basic } : {};
    const answer = await fetch(realm, { headers, signal: this.#signal, redirect: 'error' });
    if (!answer.ok) {
      await answer.body?.cancel();
      throw new RegistryError(`${answer.status} for a token`);
    }
    const { token, access_token: accessToken } = asRecord(await readJson(answer));
    const word = token ?? accessToken;
    if (typeof word !== 'string') throw new RegistryError('there is no token in the answer');
    return `Bearer ${word}`;
  }
}

/** @throws RegistryError for more than an honest registry sends, or no JSON */
async function readJson({ body }: Response): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_ANSWER_BYTES) throw new RegistryError('the answer is too long');
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch (cause) {
    throw new RegistryError('the answer is no JSON', { cause });
  }
}
