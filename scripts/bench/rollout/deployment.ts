import { runCommand } from '../../../src/cli/up/run-command.ts';
import { COMMAND, NAME, type Orchestrator, SURGE, untilContainers, WITHIN_S } from './orchestrator.ts';

/** Pause and container. */
const CONTAINERS_OF_A_POD = 2;

/** A Deployment of Bramble's, by kubectl. */
export class DeploymentByKubectl implements Orchestrator {
  readonly #env: Readonly<Record<string, string>>;
  readonly #label: string;
  readonly #image: string;

  /** @param owner bridge of the agent, which it writes on its containers */
  constructor(kubeconfig: string, home: string, owner: string, image: string) {
    this.#env = { KUBECONFIG: kubeconfig, HOME: home };
    this.#label = `io.bramble.owner=${owner}`;
    this.#image = image;
  }

  async create(replicas: number): Promise<void> {
    const labels = { app: NAME };
    const container = { name: 'main', image: this.#image, imagePullPolicy: 'IfNotPresent', command: COMMAND };
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: NAME },
      spec: {
        replicas,
        selector: { matchLabels: labels },
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: SURGE, maxUnavailable: 0 } },
        template: { metadata: { labels }, spec: { containers: [container], terminationGracePeriodSeconds: 10 } },
      },
    };
    await this.#kubectl(['apply', '-f', '-'], JSON.stringify(deployment));
    await this.#untilDone();
  }

  async scale(replicas: number): Promise<void> {
    await this.#kubectl(['scale', `deployment/${NAME}`, `--replicas=${replicas}`]);
    await this.#untilDone();
  }

  async update(mark: string): Promise<void> {
    await this.#kubectl(['set', 'env', `deployment/${NAME}`, `MARK=${mark}`]);
    await this.#untilDone();
  }

  settle(replicas: number, withinMs?: number): Promise<void> {
    return untilContainers(this.#label, replicas * CONTAINERS_OF_A_POD, withinMs);
  }

  async remove(): Promise<void> {
    await this.#kubectl(['delete', `deployment/${NAME}`]);
    await this.settle(0);
  }

  /** As many pods of the newest template as are wanted are available, and no others are left but those that are ending. */
  #untilDone(): Promise<string> {
    return this.#kubectl(['rollout', 'status', `deployment/${NAME}`, `--timeout=${WITHIN_S}s`]);
  }

  #kubectl(args: readonly string[], input?: string): Promise<string> {
    return runCommand('kubectl', args, { env: this.#env, ...(input === undefined ? {} : { input }) });
  }
}
