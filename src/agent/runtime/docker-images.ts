import { readdir, readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type Dockerode from 'dockerode';
import type { RegistryAuth } from '../../lib/images/registry-auths.ts';
import { statusCode, translateError, translatePullError } from './docker-errors.ts';
import { parseImageReference } from './image-reference.ts';
import { jsonLines } from './json-lines.ts';
import { PAUSE_IMAGE, pauseImageArchive } from './pause-image.ts';
import { type ImageInfo, type NodeImage, RuntimeError } from './runtime.ts';
import { SharedWork } from './shared-work.ts';

/** Images of one engine: looks them up, pulls them once for all who ask at the same time, brings our pause image. */
export class DockerImages {
  readonly #docker: Dockerode;
  readonly #pulls = new SharedWork<ImageInfo>();

  constructor(docker: Dockerode) {
    this.#docker = docker;
  }

  /** Removes an image that no container uses; one that is used, or gone already, is left as it is. */
  async removeUnused(reference: string): Promise<void> {
    try {
      await this.#docker.getImage(reference).remove();
    } catch (error) {
      if (statusCode(error) !== 404 && statusCode(error) !== 409)
        throw translateError(error, `remove image ${reference}`);
    }
  }

  /** Every image that is not only a step of a build. */
  async list(): Promise<NodeImage[]> {
    const [images, containers] = await Promise.all([
      this.#docker.listImages(),
      this.#docker.listContainers({ all: true }),
    ]);
    const used = new Set(containers.map(({ ImageID }) => ImageID));
    return images.map(({ Id: id, RepoDigests, RepoTags, Size: sizeBytes }) => ({
      id,
      names: [...(RepoDigests ?? []), ...(RepoTags ?? [])].filter((name) => !name.includes('<none>')),
      sizeBytes,
      isUsed: used.has(id),
    }));
  }

  /** By name, without force: the engine itself refuses as long as a container uses it. @returns whether it is gone */
  async remove({ id, names }: NodeImage): Promise<boolean> {
    for (const reference of [...names.toReversed(), id]) {
      try {
        await this.#docker.getImage(reference).remove();
      } catch (error) {
        if (statusCode(error) === 409) return false;
        // The last tag takes the digests and the image along.
        if (statusCode(error) !== 404) throw translateError(error, `remove image ${reference}`);
      }
    }
    return true;
  }

  /** undefined when the image is not on this node. @throws RuntimeError InvalidImageName, Unavailable */
  async find(reference: string): Promise<ImageInfo | undefined> {
    const { registry, repository } = parseImageReference(reference);
    try {
      const info = await this.#docker.getImage(reference).inspect();
      return {
        id: info.Id,
        digestReference: digestReference(info, `${registry}/${repository}`),
        architecture: info.Architecture,
        entrypoint: list(info.Config?.Entrypoint),
        command: list(info.Config?.Cmd),
        user: info.Config?.User ?? '',
        sizeBytes: info.Size,
      };
    } catch (error) {
      if (statusCode(error) === 404) return undefined;
      throw translatePullError(error, reference);
    }
  }

  /** As Runtime.pull: tries each credential in turn, without one anonymously. */
  pull(reference: string, auths: readonly RegistryAuth[], signal: AbortSignal): Promise<ImageInfo> {
    // Credentials are part of the key: who has none must not get what another one may see.
    const key = JSON.stringify([reference, auths]);
    return this.#pulls.run(key, signal, (shared) => this.#pullWithAny(reference, auths, shared));
  }

  async #pullWithAny(reference: string, auths: readonly RegistryAuth[], signal: AbortSignal): Promise<ImageInfo> {
    const candidates = auths.length > 0 ? auths : [undefined];
    let refusal: unknown;
    for (const auth of candidates) {
      try {
        return await this.#pullOnce(reference, auth, signal);
      } catch (error) {
        // Registries answer "not found" to who may not see it: the next credential may.
        if (!isRefusal(error)) throw error;
        refusal = error;
      }
    }
    throw refusal;
  }

  async #pullOnce(reference: string, auth: RegistryAuth | undefined, signal: AbortSignal): Promise<ImageInfo> {
    const { registry, repository, tag, digest } = parseImageReference(reference);
    try {
      const progress = await this.#docker.createImage({
        fromImage: `${registry}/${repository}`,
        tag: digest ?? tag,
        abortSignal: signal,
        ...(auth && {
          authconfig: { username: auth.username, password: auth.password, serveraddress: auth.serverAddress },
        }),
      });
      await throwFirstError(progress);
    } catch (error) {
      signal.throwIfAborted();
      throw translatePullError(error, reference);
    }
    const image = await this.find(reference);
    if (!image) throw new RuntimeError('Internal', `${reference} was pulled but is not there`);
    return image;
  }

  /** Loads the built-in pause image unless it is there. @throws RuntimeError WrongArchitecture where none is built in */
  async ensurePause(architecture: string): Promise<void> {
    if (await this.find(PAUSE_IMAGE)) return;
    try {
      await throwFirstError(await this.#docker.loadImage(Readable.from([pauseImageArchive(architecture)])));
    } catch (error) {
      throw translateError(error, `load ${PAUSE_IMAGE}`);
    }
  }

  /**
   * Refuses an image that this node cannot run before it fails in a loop with `exec format error`.
   * @throws RuntimeError WrongArchitecture
   */
  async checkPlatform(image: ImageInfo, reference: string, nodeArchitecture: string): Promise<void> {
    if (runsOn(image.architecture, nodeArchitecture) || (await canEmulate(image.architecture))) return;
    throw new RuntimeError(
      'WrongArchitecture',
      `image ${reference} is built for linux/${image.architecture}, this node is linux/${nodeArchitecture}`,
    );
  }
}

/** True when a node runs images of this architecture natively; an image that does not say runs everywhere. */
export function runsOn(imageArchitecture: string, nodeArchitecture: string): boolean {
  if (imageArchitecture === '' || imageArchitecture === nodeArchitecture) return true;
  // 64-bit machines run their 32-bit forebears, as every Pi OS and PC kernel is built.
  return (
    (nodeArchitecture === 'arm64' && imageArchitecture === 'arm') ||
    (nodeArchitecture === 'amd64' && imageArchitecture === '386')
  );
}

const QEMU_NAMES: Readonly<Record<string, string>> = { amd64: 'x86_64', arm64: 'aarch64', '386': 'i386' };

/** True when the kernel hands programs of that architecture to an emulator (binfmt_misc). */
async function canEmulate(architecture: string): Promise<boolean> {
  const directory = '/proc/sys/fs/binfmt_misc';
  const wanted = `qemu-${QEMU_NAMES[architecture] ?? architecture}`;
  try {
    const entry = (await readdir(directory)).find((name) => name === wanted);
    return entry !== undefined && (await readFile(`${directory}/${entry}`, 'utf8')).startsWith('enabled');
  } catch {
    return false; // not mounted: no emulation
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof RuntimeError && (error.code === 'ImageUnauthorized' || error.code === 'ImageNotFound');
}

/** Docker answers 200 before it knows: a failure is a line of the stream. */
async function throwFirstError(progress: NodeJS.ReadableStream): Promise<void> {
  for await (const line of jsonLines(progress)) {
    const { error } = line as { error?: unknown };
    if (typeof error === 'string') throw new Error(error);
  }
}

/** `docker-pullable://nginx@sha256:…`, kubelet's form, preferring the repository that was asked for; the id without a digest. */
function digestReference(info: Dockerode.ImageInspectInfo, repository: string): string {
  const digests = info.RepoDigests ?? [];
  const same = digests.find((text) => {
    const { registry, repository: path } = parseImageReference(text);
    return `${registry}/${path}` === repository;
  });
  const digest = same ?? digests[0];
  return digest === undefined ? info.Id : `docker-pullable://${digest}`;
}

function list(value: string | readonly string[] | null | undefined): readonly string[] {
  return typeof value === 'string' ? [value] : (value ?? []);
}
