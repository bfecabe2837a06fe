import type { LanFacts } from '../../api/kinds/node/lan-facts.ts';
import type { Node } from '../../api/types.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Part } from '../../lib/lifecycle.ts';
import type { Logger } from '../../lib/logger.ts';
import type { EngineInfo, Runtime } from '../runtime/runtime.ts';
import { buildNode, type NodeFacts, type NodeResources } from './build-node.ts';
import type { HostFacts } from './host-facts.ts';
import { conditionEvents, type NodeEvent } from './node-events.ts';

export interface NodeReporterOptions {
  readonly nodeName: string;
  /** Asked each time: it may change. */
  readonly nodeIp: () => string;
  readonly labels: Readonly<Record<string, string>>;
  readonly volumesDir: string;
  /** `v1.36.0+bramble.<version>` */
  readonly version: string;
  readonly host: HostFacts;
  readonly runtime: Pick<Runtime, 'info'>;
  /** Why pods can't have addresses; '' when they can. */
  readonly networkProblem: () => string;
  readonly lanFacts: () => LanFacts;
  readonly resources: () => NodeResources;
  /** Takes the node whenever it was looked at: `uplink.reportNode`. */
  readonly report: (node: Node) => void;
  readonly tell: (event: NodeEvent) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Only for a Docker that hangs without saying so: all else comes with an event. */
const LOOK_EVERY_MS = 30_000;
/** Docker that answers nothing for this long counts as away. */
const ENGINE_TIMEOUT_MS = 5_000;

/** Looks at Docker now and then, and whenever told that something changed, and reports the node. */
export class NodeReporter implements Part {
  readonly name = 'node-reporter';
  readonly #options: NodeReporterOptions;
  readonly #stopping = new AbortController();
  #node: Node | undefined;
  #rootDir: string | undefined;
  #wake = Promise.withResolvers<void>();
  #loop: Promise<void> | undefined;

  constructor(options: NodeReporterOptions) {
    this.#options = options;
  }

  start(): void {
    this.#options.tell({ type: 'Normal', reason: 'Starting', message: 'Starting kubelet.' });
    this.#loop = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the agent is stopping'));
    this.#wake.resolve();
    await this.#loop;
  }

  /** As it was reported last. */
  get node(): Node | undefined {
    return this.#node;
  }

  /** Docker's folder; undefined until it has told. */
  get engineFolder(): string | undefined {
    return this.#rootDir;
  }

  /** Looks again at once: Docker has gone or come back. */
  refresh(): void {
    this.#wake.resolve();
  }

  async #run(): Promise<void> {
    const { clock, log } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      this.#wake = Promise.withResolvers<void>();
      try {
        await this.#look();
      } catch (err) {
        log.warn({ err }, 'could not look at this machine');
      }
      const cancelTimer = clock.after(LOOK_EVERY_MS, () => this.#wake.resolve());
      await this.#wake.promise;
      cancelTimer();
    }
  }

  async #look(): Promise<void> {
    const engine = await this.#engine();
    if (!(engine instanceof Error)) this.#rootDir = engine.rootDir;
    const before = this.#node;
    this.#node = buildNode(this.#facts(), engine, before);
    if (this.#stopping.signal.aborted) return;
    this.#options.report(this.#node);
    for (const event of conditionEvents(before, this.#node)) this.#options.tell(event);
  }

  async #engine(): Promise<EngineInfo | Error> {
    const { runtime, clock } = this.#options;
    const late = Promise.withResolvers<Error>();
    const cancelTimer = clock.after(ENGINE_TIMEOUT_MS, () =>
      late.resolve(new Error(`Docker did not answer within ${ENGINE_TIMEOUT_MS / 1000} s`)),
    );
    try {
      return await Promise.race([runtime.info(), late.promise]);
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    } finally {
      cancelTimer();
    }
  }

  #facts(): NodeFacts {
    const { nodeName, nodeIp, labels, volumesDir, host, version, networkProblem, lanFacts, resources } = this.#options;
    return {
      name: nodeName,
      ip: nodeIp(),
      labels,
      volumesDir,
      host,
      version,
      ...resources(),
      networkProblem: networkProblem(),
      lan: lanFacts(),
    };
  }
}
