import type { Duplex } from 'node:stream';
import type { Container, Pod } from '../../api/types.ts';
import type { Millis } from '../../lib/clock.ts';
import type { RegistryAuth } from '../../lib/images/registry-auths.ts';

/**
 * What the agent needs of a container engine. docker.ts implements it and is the only importer of dockerode.
 * Engine errors arrive as RuntimeError; `code` says which, nobody reads message text.
 */
export type RuntimeErrorCode =
  | 'NotFound' // no such container or image
  | 'Conflict' // name taken, already running, already stopped
  | 'ImageNotFound' // the registry has no such repository, tag or platform
  | 'ImageUnauthorized'
  | 'RegistryUnavailable' // connection refused, time-out, no such host
  | 'InvalidImageName'
  | 'WrongArchitecture' // the image's platform is not the node's
  | 'StartFailed' // the command does not exist or is not executable: `exitCode` 127 / 126 / 128
  | 'PortTaken' // hostPort already allocated
  | 'AddressTaken' // the pod's address is in use
  | 'DiskFull'
  | 'Unavailable' // the engine is not there
  | 'Internal';

export class RuntimeError extends Error {
  override readonly name = 'RuntimeError';
  readonly code: RuntimeErrorCode;
  readonly exitCode: number | undefined;
  constructor(code: RuntimeErrorCode, message: string, options?: ErrorOptions & { exitCode?: number }) {
    super(message, options);
    this.code = code;
    this.exitCode = options?.exitCode;
  }
}

/** One container of ours as the engine shows it: everything the planner may know of it. */
export interface ObservedContainer {
  readonly id: string;
  /** The pause container, or one of the pod's own. From the label `io.kubernetes.docker.type`. */
  readonly role: 'sandbox' | 'container';
  readonly podUid: string;
  readonly podNamespace: string;
  readonly podName: string;
  /** `POD` for the sandbox. */
  readonly containerName: string;
  /** How many came before it under this name in this pod (restartCount). */
  readonly attempt: number;
  readonly state: 'created' | 'running' | 'exited';
  readonly createdAt: Millis;
  readonly startedAt: Millis | undefined;
  readonly finishedAt: Millis | undefined;
  readonly exitCode: number;
  readonly oomKilled: boolean;
  /** What the engine said when it could not start it; '' else. */
  readonly error: string;
  /** As the spec wrote it. */
  readonly image: string;
  /** `sha256:...` */
  readonly imageId: string;
  /** 0 when it does not run. */
  readonly pid: number;
  /** The pod's address; sandbox only, '' when it does not run. */
  readonly ip: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface ImageInfo {
  /** `sha256:...` of the configuration. */
  readonly id: string;
  /** `docker-pullable://nginx@sha256:...` style reference where the registry gave a digest, else the id. */
  readonly digestReference: string;
  /** `amd64`, `arm64`, `arm`: Docker's words. */
  readonly architecture: string;
  /** The image's own command line. */
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  /** USER of the image: `''`, `1000`, `nginx`, `1000:1000`. */
  readonly user: string;
  readonly sizeBytes: number;
}

/** An image on this node, whoever brought it. */
export interface NodeImage {
  /** `sha256:...` */
  readonly id: string;
  /** References by digest, then by tag. */
  readonly names: readonly string[];
  readonly sizeBytes: number;
  /** By a container of anybody, running or not. */
  readonly isUsed: boolean;
}

export interface EngineInfo {
  readonly version: string;
  readonly architecture: string;
  readonly cgroupVersion: 1 | 2;
  readonly hasMemoryLimit: boolean;
  readonly operatingSystem: string;
  readonly kernelVersion: string;
  readonly rootDir: string;
}

/** A mount the agent prepared on the host for one container. */
export interface HostMount {
  readonly hostPath: string;
  readonly containerPath: string;
  readonly readOnly: boolean;
  readonly propagation?: 'rprivate' | 'rslave' | 'rshared';
}

export interface SandboxSpec {
  readonly pod: Pod;
  readonly attempt: number;
  readonly hostname: string;
  /** undefined with hostNetwork. */
  readonly ip: string | undefined;
  readonly mounts: readonly HostMount[];
  /** Extra labels, read back in ObservedContainer.labels. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface ContainerSpec {
  readonly pod: Pod;
  readonly container: Container;
  readonly attempt: number;
  readonly sandboxId: string;
  readonly image: ImageInfo;
  /** Already resolved and expanded, in order. */
  readonly env: readonly { readonly name: string; readonly value: string }[];
  /** Entrypoint and arguments after `$(VAR)` expansion; undefined where the image's own holds. */
  readonly command: readonly string[] | undefined;
  readonly args: readonly string[] | undefined;
  readonly mounts: readonly HostMount[];
  readonly labels: Readonly<Record<string, string>>;
}

/** Where a container's own data is on the disk of this node. */
export interface ContainerFiles {
  /** Its writable layer and its logs. */
  readonly folders: readonly string[];
  /** Of a writable layer that is no folder of its own (other storage drivers), as the engine says; undefined else. */
  readonly writableBytes: number | undefined;
}

export type RuntimeEvent = {
  readonly podUid: string;
  readonly containerId: string;
  readonly action: 'create' | 'start' | 'die' | 'oom' | 'destroy' | 'other';
};

export interface LogOptions {
  readonly follow: boolean;
  readonly timestamps: boolean;
  readonly sinceMs?: Millis;
  readonly tailLines?: number;
}

export interface Runtime {
  info(): Promise<EngineInfo>;
  /** Every container that carries our labels, running or not; with a uid only that pod's. Throws Unavailable when the engine is away. */
  list(podUid?: string): Promise<ObservedContainer[]>;
  /** Calls back for each event of our containers until aborted. Resolves when the engine ends it (gone, restarted): list again, then subscribe. */
  events(onEvent: (event: RuntimeEvent) => void, signal: AbortSignal): Promise<void>;
  /** Creates and starts the pause container. Idempotent by name: one that is there is started. @returns its id. */
  runSandbox(spec: SandboxSpec, signal: AbortSignal): Promise<string>;
  /** Creates a container of the pod without starting it. Idempotent by name. @returns its id. */
  createContainer(spec: ContainerSpec, signal: AbortSignal): Promise<string>;
  /** undefined when the container is gone. */
  containerFiles(id: string): Promise<ContainerFiles | undefined>;
  /** Throws StartFailed with the engine's words when the command cannot run. */
  startContainer(id: string): Promise<void>;
  /** Sends the stop signal, waits up to graceSeconds, then kills. Resolves when it has stopped; fine when it had already. */
  stopContainer(id: string, graceSeconds: number, signal: AbortSignal): Promise<void>;
  /** Removes it with its anonymous volumes, running or not; fine when it is gone. */
  removeContainer(id: string): Promise<void>;
  /** undefined when the image is not on this node. */
  image(reference: string): Promise<ImageInfo | undefined>;
  /** @throws ImageNotFound, ImageUnauthorized, RegistryUnavailable, InvalidImageName, DiskFull. */
  pull(reference: string, auth: readonly RegistryAuth[], signal: AbortSignal): Promise<ImageInfo>;
  images(): Promise<NodeImage[]>;
  /** Takes an image with all its names away. @returns false when something uses it, and it stays */
  removeImage(image: NodeImage): Promise<boolean>;
  /** Runs a command in a container. `output` carries stdout and stderr apart unless `tty`. */
  exec(id: string, options: ExecOptions): Promise<ExecSession>;
  /** @throws NotFound when the container does not run (any more). */
  attach(id: string, options: { stdin: boolean; tty: boolean }): Promise<AttachSession>;
  /** Docker's log of a container, rotated files included; raw bytes of stdout and stderr in order (and the stderr mark dropped). */
  logs(id: string, options: LogOptions, signal: AbortSignal): Promise<NodeJS.ReadableStream>;
  resize(id: string, size: { width: number; height: number }): Promise<void>;
}

export interface ExecOptions {
  readonly command: readonly string[];
  readonly stdin: boolean;
  readonly tty: boolean;
}

export interface AttachSession {
  /** Write stdin here, `end()` half-closes. */
  readonly stdin: NodeJS.WritableStream;
  readonly stdout: NodeJS.ReadableStream;
  /** Never emits with a tty. */
  readonly stderr: NodeJS.ReadableStream;
  /** The raw connection; destroy it to let go. */
  readonly connection: Duplex;
}

export interface ExecSession extends AttachSession {
  resize(size: { width: number; height: number }): Promise<void>;
  /** After the output ended. An abort ends the wait. */
  exitCode(signal?: AbortSignal): Promise<number>;
  /** Kills the command where it can be reached (the engine itself has no way to); fine when it has ended. */
  kill(): Promise<void>;
}
