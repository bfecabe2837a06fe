import { ApiError, notFound } from '../../api/meta/errors.ts';
import type { Container, Pod } from '../../api/types.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import type { FrameStream } from '../../rpc/frame-stream.ts';
import type { AttachRequest, DialRequest, ExecRequest, LogRequest, OpenStream } from '../../rpc/messages.ts';
import type { Assignments } from '../assignments.ts';
import { findContainer } from '../pods/restart.ts';
import { type ObservedContainer, type Runtime, RuntimeError } from '../runtime/runtime.ts';
import { dial } from './dial.ts';
import { connectToPod } from './pod-connection.ts';
import { serveCommand } from './serve-command.ts';
import { serveLog } from './serve-log.ts';
import { servePortForward } from './serve-port-forward.ts';
import { exitStatus, failureStatus, type StreamStatus, SUCCESS } from './statuses.ts';

export interface AgentStreamsOptions {
  readonly runtime: Runtime;
  readonly assignments: Pick<Assignments, 'pods'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** One stream while it is served. */
interface Work {
  readonly pod: Pod;
  readonly request: OpenStream;
  readonly stream: FrameStream;
  /** Tells the master that what was asked for is there. */
  readonly ready: () => Promise<void>;
}

/** What the master asks of this node's pods beside running them: logs, exec, attach, port-forward. */
export class AgentStreams {
  readonly #options: AgentStreamsOptions;

  constructor(options: AgentStreamsOptions) {
    this.#options = options;
  }

  /**
   * Dials the master and serves one stream on the call, which ends with a Status. Never throws: what goes wrong is told to
   * the master.
   */
  serve(request: OpenStream, dial: () => FrameStream): void {
    void this.#serve(request, dial());
  }

  async #serve(request: OpenStream, stream: FrameStream): Promise<void> {
    const { log } = this.#options;
    const what = { pod: `${request.namespace}/${request.name}`, container: request.container };
    const ready = () => stream.write({ hello: { streamId: request.streamId } });
    try {
      const status = await this.#run({ request, stream, ready }).catch((err: unknown) => {
        log.debug({ ...what, err }, 'a stream ended with an error');
        return failureStatus(err);
      });
      await stream.write({ result: { status: Buffer.from(JSON.stringify(status)) } });
      stream.end();
    } catch (err) {
      // Nobody is there any more to be told.
      log.debug({ ...what, err }, 'a stream broke');
      stream.cancel('the stream is over');
    }
  }

  #podOf({ uid, name, namespace }: OpenStream): Pod {
    const pod = this.#options.assignments.pods.get(uid);
    if (!pod || pod.metadata.name !== name || (pod.metadata.namespace ?? 'default') !== namespace)
      throw notFound({ group: '', plural: 'pods' }, name);
    return pod;
  }

  async #run(stream: Omit<Work, 'pod'>): Promise<StreamStatus> {
    const { log, exec, attach, portForward, dial: dialled, uid } = stream.request;
    if (dialled && !uid) return this.#dial({ ...stream, pod: undefined }, dialled);
    const work: Work = { ...stream, pod: this.#podOf(stream.request) };
    if (log) return this.#log(work, log);
    if (exec) return this.#exec(work, exec);
    if (attach) return this.#attach(work, attach);
    if (portForward) return this.#portForward(work, portForward.port);
    if (dialled) return this.#dial(work, dialled);
    throw new ApiError('InternalError', 'the master asked for a stream that this agent does not know');
  }

  async #log(work: Work, request: LogRequest): Promise<StreamStatus> {
    const { runtime, clock } = this.#options;
    const { pod, stream, ready } = work;
    const { container: name } = work.request;
    const observed = await this.#observe(pod);
    const container = findContainer(pod, observed, name, { previous: request.previous });
    // Why it is not there the master can tell: it has the pod's status.
    if (!container) throw notFound({ group: '', plural: 'containers' }, name);
    await serveLog({ runtime, clock, stream, ready }, container.id, request);
    return SUCCESS;
  }

  async #exec(work: Work, request: ExecRequest): Promise<StreamStatus> {
    const { runtime, clock } = this.#options;
    const { stream } = work;
    const container = await this.#running(work);
    const { command, stdin, tty } = request;
    const session = await this.#present(work, runtime.exec(container.id, { command, stdin, tty }));
    await work.ready();
    await serveCommand({ session, resize: (size) => session.resize(size), request, stream, clock });
    return exitStatus(await session.exitCode());
  }

  /** Ends with Success however the container ends: its exit code is in the pod's status (kubectl reads it there). */
  async #attach(work: Work, request: AttachRequest): Promise<StreamStatus> {
    const { runtime, clock } = this.#options;
    const { stream } = work;
    const { id } = await this.#running(work);
    const spec = containerSpec(work.pod, work.request.container);
    // Whether there is a terminal or a stdin the container was created with decides, not who attaches.
    const [stdin, tty] = [request.stdin && (spec?.stdin ?? false), spec?.tty ?? false];
    const session = await this.#present(work, runtime.attach(id, { stdin, tty }));
    await work.ready();
    const resize = (size: { width: number; height: number }) => (tty ? runtime.resize(id, size) : Promise.resolve());
    await serveCommand({ session, resize, request: { ...request, stdin, tty }, stream, clock });
    return SUCCESS;
  }

  async #portForward({ pod, stream, ready }: Work, port: number): Promise<StreamStatus> {
    const observed = await this.#observe(pod);
    const connection = await connectToPod({ pod, observed, port }, this.#options.runtime, stream.closed);
    await servePortForward(connection, stream, ready);
    return SUCCESS;
  }

  async #dial(
    { pod, stream, ready }: Omit<Work, 'pod'> & { readonly pod: Pod | undefined },
    request: DialRequest,
  ): Promise<StreamStatus> {
    const observed = pod ? await this.#observe(pod) : [];
    await servePortForward(await dial({ pod, observed, request }, stream.closed), stream, ready);
    return SUCCESS;
  }

  #observe(pod: Pod): Promise<ObservedContainer[]> {
    return this.#options.runtime.list(pod.metadata.uid);
  }

  async #running(work: Work): Promise<ObservedContainer> {
    const { container: name } = work.request;
    const found = findContainer(work.pod, await this.#observe(work.pod), name);
    if (found?.state !== 'running') throw containerNotFound(name);
    return found;
  }

  /** The container may have ended since it was looked at. */
  async #present<T>(work: Work, session: Promise<T>): Promise<T> {
    try {
      return await session;
    } catch (error) {
      const isGone = error instanceof RuntimeError && (error.code === 'NotFound' || error.code === 'Conflict');
      throw isGone ? containerNotFound(work.request.container) : error;
    }
  }
}

/** kubelet's words for a container that does not run. */
function containerNotFound(name: string): ApiError {
  return new ApiError('InternalError', `container not found ("${name}")`);
}

function containerSpec({ spec }: Pod, name: string): Container | undefined {
  return [...spec.containers, ...(spec.initContainers ?? [])].find((container) => container.name === name);
}
