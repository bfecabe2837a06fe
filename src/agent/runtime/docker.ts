import { dirname } from 'node:path';
import { type Duplex, PassThrough, type Readable } from 'node:stream';
import Dockerode from 'dockerode';
import type { Clock } from '../../lib/clock.ts';
import type { RegistryAuth } from '../../lib/images/registry-auths.ts';
import type { Logger } from '../../lib/logger.ts';
import { containerOptions } from './create-options/container.ts';
import { ownedBy } from './create-options/labels.ts';
import type { LogLimits } from './create-options/logging.ts';
import type { NodeLimits } from './create-options/resources.ts';
import { type EngineSettings, sandboxOptions } from './create-options/sandbox.ts';
import { ContainerCache } from './docker-container-cache.ts';
import { statusCode, translateError } from './docker-errors.ts';
import { followEvents } from './docker-events.ts';
import { startExec } from './docker-exec.ts';
import { DockerImages } from './docker-images.ts';
import { DockerNetworks } from './docker-networks.ts';
import { hasFailedToStart } from './docker-observe.ts';
import { attachSession, logStream, unframe } from './docker-streams.ts';
import { unframeFollowed } from './log-replay.ts';
import { readOomScoreFloor } from './oom-floor.ts';
import { PAUSE_IMAGE } from './pause-image.ts';
import {
  type AttachSession,
  type ContainerFiles,
  type ContainerSpec,
  type EngineInfo,
  type ExecOptions,
  type ExecSession,
  type ImageInfo,
  type LogOptions,
  type NodeImage,
  type ObservedContainer,
  type Runtime,
  RuntimeError,
  type RuntimeEvent,
  type SandboxSpec,
} from './runtime.ts';

export interface DockerOptions {
  /** `unix:///var/run/docker.sock` or `tcp://host:2375`. */
  readonly host: string;
  /** Which agent's containers these are: one word, the same over restarts. */
  readonly owner: string;
  /** The Docker network of pods. */
  readonly network: string;
  /** undefined for the built-in one. */
  readonly pauseImage?: string;
  readonly cgroupParent?: string;
  readonly podPidsLimit?: number;
  /** kubelet's defaults when left out. */
  readonly logs?: LogLimits;
  readonly clock: Clock;
  readonly log: Logger;
}

interface EngineFacts {
  readonly architecture: string;
  readonly limits: NodeLimits;
}

/** The container engine behind Runtime: Docker 20.10 and later, over its API of whatever version it speaks. */
export class DockerRuntime implements Runtime {
  readonly networks: DockerNetworks;
  readonly #docker: Dockerode;
  readonly #images: DockerImages;
  readonly #containers: ContainerCache;
  readonly #settings: EngineSettings;
  readonly #options: DockerOptions;
  /** Asked once: an engine changes neither its machine nor its memory while the agent runs. */
  #facts: EngineFacts | undefined;

  constructor(options: DockerOptions) {
    this.#options = options;
    this.#docker = new Dockerode(connection(options.host));
    this.#images = new DockerImages(this.#docker);
    this.#containers = new ContainerCache(this.#docker);
    this.networks = new DockerNetworks(this.#docker);
    this.#settings = {
      owner: options.owner,
      network: options.network,
      pauseImage: options.pauseImage ?? PAUSE_IMAGE,
      cgroupParent: options.cgroupParent,
      logs: options.logs ?? { maxBytes: 10 * 1024 * 1024, maxFiles: 5 },
    };
  }

  async info(): Promise<EngineInfo> {
    const [info, version] = await this.#do('ask Docker what it is', () =>
      Promise.all([this.#docker.info(), this.#docker.version()]),
    );
    this.#facts ??= {
      architecture: version.Arch,
      limits: {
        memoryBytes: info.MemTotal,
        oomScoreFloor: await readOomScoreFloor(),
        podPidsLimit: this.#options.podPidsLimit,
      },
    };
    return {
      version: version.Version,
      architecture: version.Arch,
      cgroupVersion: info.CgroupVersion === '2' ? 2 : 1,
      hasMemoryLimit: info.MemoryLimit,
      operatingSystem: info.OperatingSystem,
      kernelVersion: info.KernelVersion,
      rootDir: info.DockerRootDir,
    };
  }

  list(podUid?: string): Promise<ObservedContainer[]> {
    this.#containers.listedAt = this.#options.clock.now();
    return this.#do('list containers', () => this.#containers.list(ownedBy(this.#options.owner, podUid)));
  }

  events(onEvent: (event: RuntimeEvent) => void, signal: AbortSignal): Promise<void> {
    const since = this.#containers.listedAt ?? this.#options.clock.now();
    const filters = { type: ['container'], label: ownedBy(this.#options.owner) };
    return this.#containers.whileWatched((forget, onOpen) =>
      followEvents(
        this.#docker,
        { filters, since, signal },
        {
          onOpen,
          onEvent: (event) => {
            forget(event.containerId);
            onEvent(event);
          },
        },
      ),
    );
  }

  async runSandbox(spec: SandboxSpec, signal: AbortSignal): Promise<string> {
    const options = sandboxOptions(spec, this.#settings, (await this.#engineFacts()).limits);
    const id = await this.#create(options).catch(async (error: unknown) => {
      if (!isCode(error, 'NotFound')) throw error;
      await this.#bringPauseImage(signal);
      return this.#create(options);
    });
    signal.throwIfAborted();
    try {
      await this.startContainer(id);
    } catch (error) {
      // Docker leaves it created with the address and ports unclaimed: the next attempt makes a new one.
      if (!isCode(error, 'Unavailable')) await this.removeContainer(id);
      throw error;
    }
    return id;
  }

  async createContainer(spec: ContainerSpec, signal: AbortSignal): Promise<string> {
    const facts = await this.#engineFacts();
    await this.#images.checkPlatform(spec.image, spec.container.image ?? spec.image.id, facts.architecture);
    signal.throwIfAborted();
    return this.#create(containerOptions(spec, this.#settings, facts.limits));
  }

  async containerFiles(id: string): Promise<ContainerFiles | undefined> {
    const container = this.#docker.getContainer(id);
    try {
      const info = await container.inspect();
      const layer = new Map<string, unknown>(Object.entries(info.GraphDriver?.Data ?? {})).get('UpperDir');
      const logs = info.LogPath ? [dirname(info.LogPath)] : [];
      if (typeof layer === 'string') return { folders: [layer, ...logs], writableBytes: undefined };
      const [sized] = await this.#docker.listContainers({ all: true, size: true, filters: { id: [id] } });
      return { folders: logs, writableBytes: (sized as { SizeRw?: number } | undefined)?.SizeRw ?? 0 };
    } catch (error) {
      if (statusCode(error) === 404) return undefined;
      throw translateError(error, `inspect container ${id}`);
    }
  }

  async startContainer(id: string): Promise<void> {
    const container = this.#docker.getContainer(id);
    try {
      await container.start();
    } catch (error) {
      if (statusCode(error) === 304) return;
      const translated = translateError(error, `start container ${id}`);
      if (!isCode(translated, 'Internal')) throw translated;
      const { State: state } = await this.#do('inspect container', () => container.inspect());
      if (!hasFailedToStart(state)) throw translated;
      throw new RuntimeError('StartFailed', translated.message, { cause: error, exitCode: state.ExitCode });
    }
  }

  async stopContainer(id: string, graceSeconds: number, signal: AbortSignal): Promise<void> {
    const options = { t: Math.max(0, Math.ceil(graceSeconds)), abortSignal: signal };
    await this.#doUnless([304, 404], 'stop container', () => this.#docker.getContainer(id).stop(options));
  }

  async removeContainer(id: string): Promise<void> {
    const container = this.#docker.getContainer(id);
    try {
      await container.remove({ force: true, v: true });
    } catch (error) {
      if (statusCode(error) === 404) return;
      if (statusCode(error) !== 409) throw translateError(error, `remove container ${id}`);
      // Someone else's removal is under way: ours is done when that is.
      await this.#doUnless([404], 'wait for removal', () => container.wait({ condition: 'removed' }));
    }
  }

  image(reference: string): Promise<ImageInfo | undefined> {
    return this.#images.find(reference);
  }

  pull(reference: string, auth: readonly RegistryAuth[], signal: AbortSignal): Promise<ImageInfo> {
    return this.#images.pull(reference, auth, signal);
  }

  images(): Promise<NodeImage[]> {
    return this.#do('list images', () => this.#images.list());
  }

  removeImage(image: NodeImage): Promise<boolean> {
    return this.#images.remove(image);
  }

  exec(id: string, options: ExecOptions): Promise<ExecSession> {
    return this.#do('exec', () => startExec(this.#docker.getContainer(id), options, this.#options.clock));
  }

  async attach(id: string, { stdin, tty }: { stdin: boolean; tty: boolean }): Promise<AttachSession> {
    const connection = (await this.#do('attach', () =>
      this.#docker.getContainer(id).attach({ stream: true, stdin, stdout: true, stderr: true, hijack: true }),
    )) as Duplex;
    // Docker attaches to a container that has just ended as well, and then waits for its next start: for ever.
    const { State } = await this.#do('inspect container', () => this.#docker.getContainer(id).inspect());
    if (!State.Running) {
      connection.destroy();
      throw new RuntimeError('NotFound', `container ${id} is not running`);
    }
    return attachSession(connection, tty);
  }

  async logs(id: string, options: LogOptions, signal: AbortSignal): Promise<NodeJS.ReadableStream> {
    const { Config } = await this.#do('inspect container', () => this.#docker.getContainer(id).inspect());
    const isFiltered = options.follow && !Config.Tty;
    const asked = isFiltered ? { ...options, timestamps: true } : options;
    const source = await this.#do('read log', () => this.#openLog(id, asked, signal));
    const plain = Config.Tty ? new PassThrough() : unframe();
    return logStream(source, isFiltered ? unframeFollowed(options.timestamps) : plain, signal);
  }

  async resize(id: string, { width, height }: { width: number; height: number }): Promise<void> {
    await this.#do('resize', () => this.#docker.getContainer(id).resize({ w: width, h: height }));
  }

  /** By hand: the library's own call collects a log that is not followed in memory. */
  #openLog(id: string, { follow, timestamps, sinceMs, tailLines }: LogOptions, signal: AbortSignal): Promise<Readable> {
    const query = {
      stdout: true,
      stderr: true,
      follow,
      timestamps,
      ...(sinceMs === undefined ? {} : { since: (sinceMs / 1000).toFixed(3) }),
      ...(tailLines === undefined ? {} : { tail: String(tailLines) }),
    };
    return new Promise((resolve, reject) => {
      this.#docker.modem.dial(
        {
          path: `/containers/${id}/logs?`,
          method: 'GET',
          options: query,
          isStream: true,
          abortSignal: signal,
          statusCodes: { 200: true, 404: 'no such container' },
        },
        (error, stream) => (error ? reject(error) : resolve(stream as Readable)),
      );
    });
  }

  /** Idempotent by name: a container that is there already is the one that an interrupted call made. */
  async #create(options: Dockerode.ContainerCreateOptions & { name: string }): Promise<string> {
    const create = async () => (await this.#docker.createContainer(options)).id;
    try {
      return await create();
    } catch (error) {
      if (statusCode(error) !== 409) throw translateError(error, `create container ${options.name}`);
    }
    const found = await this.#do('inspect container', () => this.#docker.getContainer(options.name).inspect());
    if (found.State.Status !== 'created' || found.HostConfig.NetworkMode === options.HostConfig?.NetworkMode)
      return found.Id;
    // Made for a sandbox that is gone and never started: it could never join this one.
    await this.removeContainer(found.Id);
    return this.#do(`create container ${options.name}`, create);
  }

  /** Takes the built-in pause image out of the engine; fine when it is not there or another node of this machine uses it. */
  removePauseImage(): Promise<void> {
    return this.#images.removeUnused(PAUSE_IMAGE);
  }

  async #bringPauseImage(signal: AbortSignal): Promise<void> {
    const { pauseImage } = this.#settings;
    this.#options.log.info({ image: pauseImage }, 'bringing the pause image');
    if (pauseImage === PAUSE_IMAGE) await this.#images.ensurePause((await this.#engineFacts()).architecture);
    else if (!(await this.#images.find(pauseImage))) await this.#images.pull(pauseImage, [], signal);
  }

  async #engineFacts(): Promise<EngineFacts> {
    if (!this.#facts) await this.info();
    if (!this.#facts) throw new RuntimeError('Internal', 'Docker told nothing of its machine');
    return this.#facts;
  }

  async #do<T>(what: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw translateError(error, what);
    }
  }

  /** For calls whose goal is reached where the engine answers one of these. */
  async #doUnless(reached: readonly number[], what: string, call: () => Promise<unknown>): Promise<void> {
    try {
      await call();
    } catch (error) {
      if (!reached.includes(statusCode(error) ?? 0)) throw translateError(error, what);
    }
  }
}

function isCode(error: unknown, code: RuntimeError['code']): boolean {
  return error instanceof RuntimeError && error.code === code;
}

/** @throws RuntimeError Unavailable for an address that is neither unix:// nor tcp:// */
function connection(host: string): Dockerode.DockerOptions {
  const url = URL.canParse(host) ? new URL(host) : undefined;
  if (url?.protocol === 'unix:') return { socketPath: url.pathname };
  if (url?.protocol === 'tcp:' || url?.protocol === 'http:')
    return { protocol: 'http', host: url.hostname, port: Number(url.port || 2375) };
  throw new RuntimeError('Unavailable', `--docker-host ${host}: want unix:///path/to/docker.sock or tcp://host:port`);
}
