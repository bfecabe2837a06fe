import { runCommand } from '../../../src/cli/up/run-command.ts';
import { COMMAND, NAME, type Orchestrator, SURGE, untilContainers, WITHIN_S } from './orchestrator.ts';

const LABEL = `com.docker.swarm.service.name=${NAME}`;

/** A service of Docker's Swarm mode, by docker. Its tasks are on the engine's default bridge, each with an address of its own. */
export class SwarmService implements Orchestrator {
  readonly #imageId: string;

  /** @param imageId by its id Swarm asks no registry for the image, as a pod with IfNotPresent does not */
  private constructor(imageId: string) {
    this.#imageId = imageId;
  }

  /** Makes the engine a Swarm of one, which must not be one yet and must not have `--live-restore`. */
  static async open(image: string): Promise<SwarmService> {
    await docker('swarm', 'init', '--advertise-addr', '127.0.0.1');
    return new SwarmService((await docker('image', 'inspect', '--format', '{{.Id}}', image)).trim());
  }

  async create(replicas: number): Promise<void> {
    // Nobody is to wait for Swarm's five seconds of watching for failures after an update.
    const update = ['--update-parallelism', String(SURGE), '--update-order', 'start-first', '--update-monitor', '1ms'];
    const service = ['--name', NAME, '--replicas', String(replicas), '--stop-grace-period', '10s'];
    await docker('service', 'create', '-q', '--no-resolve-image', ...update, ...service, this.#imageId, ...COMMAND);
  }

  async scale(replicas: number): Promise<void> {
    await docker('service', 'scale', `${NAME}=${replicas}`);
  }

  async update(mark: string): Promise<void> {
    await docker('service', 'update', '-q', '--no-resolve-image', '--env-add', `MARK=${mark}`, NAME);
  }

  settle(replicas: number, withinMs?: number): Promise<void> {
    return untilContainers(LABEL, replicas, withinMs);
  }

  async remove(): Promise<void> {
    await docker('service', 'rm', NAME);
    await this.settle(0);
  }

  async close(): Promise<void> {
    await docker('swarm', 'leave', '--force');
  }
}

function docker(...args: readonly string[]): Promise<string> {
  return runCommand('docker', args, { timeoutMs: WITHIN_S * 1000 });
}
