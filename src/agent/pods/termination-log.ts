import { chmod, mkdir, open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Container, Pod } from '../../api/types.ts';
import { type HostMount, type ObservedContainer, type Runtime, RuntimeError } from '../runtime/runtime.ts';
import { isFailedStart } from './restart.ts';

/** kubelet's limits: of one message, of what is taken from a log instead, and of all messages of a pod together. */
const MAX_BYTES = 4096;
const MAX_LOG_LINES = 80;
const MAX_LOG_BYTES = 2048;
const MAX_POD_BYTES = 12 * 1024;
/** Ended containers whose file may still be asked for. */
const KEPT_FILES = 2;

/**
 * What containers leave as their last words: a file of their own, one per attempt, mounted where the spec says
 * (`<data-dir>/pods/<uid>/containers/<name>/<attempt>`).
 */
export class TerminationLogs {
  readonly #podsDir: string;
  readonly #runtime: Pick<Runtime, 'logs'>;

  constructor(podsDir: string, runtime: Pick<Runtime, 'logs'>) {
    this.#podsDir = podsDir;
    this.#runtime = runtime;
  }

  /** Makes an empty file for a container that is about to start. @returns its mount; empty when the spec wants none */
  async mounts(pod: Pod, container: Container, attempt: number): Promise<HostMount[]> {
    const containerPath = container.terminationMessagePath;
    if (!containerPath) return [];
    const hostPath = this.#path(pod, container.name, attempt);
    await mkdir(join(hostPath, '..'), { recursive: true, mode: 0o750 });
    await writeFile(hostPath, '');
    // The container may run as anybody.
    await chmod(hostPath, 0o666);
    await rm(this.#path(pod, container.name, attempt - KEPT_FILES), { force: true });
    return [{ hostPath, containerPath, readOnly: false }];
  }

  /** The last words of a container that ended; '' for none. Source: kubelet, getTerminationMessage. */
  async read(pod: Pod, ended: ObservedContainer): Promise<string> {
    const all = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
    const container = all.find(({ name }) => name === ended.containerName);
    if (!container) return '';
    const limit = Math.min(MAX_BYTES, Math.floor(MAX_POD_BYTES / all.length));
    const written = container.terminationMessagePath
      ? await this.#readFile(this.#path(pod, container.name, ended.attempt))
      : '';
    const wantsLog = container.terminationMessagePolicy === 'FallbackToLogsOnError';
    const hasFailed = ended.exitCode !== 0 && !isFailedStart(ended);
    const text = written === '' && wantsLog && hasFailed ? await this.#endOfLog(ended.id) : written;
    return cut(text, limit);
  }

  /** The end of it, when it is too long. */
  async #readFile(path: string): Promise<string> {
    try {
      const file = await open(path, 'r');
      try {
        const { size } = await file.stat();
        const length = Math.min(size, MAX_BYTES);
        const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
        return buffer.subarray(0, bytesRead).toString();
      } finally {
        await file.close();
      }
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
      return `Error on reading termination log ${path}: ${error instanceof Error ? error.message : error}`;
    }
  }

  async #endOfLog(id: string): Promise<string> {
    const options = { follow: false, timestamps: false, tailLines: MAX_LOG_LINES };
    try {
      const log = await this.#runtime.logs(id, options, new AbortController().signal);
      let end = Buffer.alloc(0);
      for await (const chunk of log) end = Buffer.concat([end, Buffer.from(chunk)]).subarray(-MAX_LOG_BYTES);
      return end.toString();
    } catch (error) {
      if (error instanceof RuntimeError && error.code === 'Unavailable') throw error;
      return `Error on reading termination message from logs: ${error instanceof Error ? error.message : error}`;
    }
  }

  #path(pod: Pod, container: string, attempt: number): string {
    return join(this.#podsDir, pod.metadata.uid ?? '', 'containers', container, String(attempt));
  }
}

/** At most so many bytes, no character cut in two. */
function cut(text: string, limit: number): string {
  const bytes = Buffer.from(text);
  return bytes.length <= limit
    ? text
    : bytes
        .subarray(0, limit)
        .toString()
        .replace(/\uFFFD$/, '');
}
