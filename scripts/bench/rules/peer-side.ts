import type { Host } from '../../../test/lab/host.ts';
import type { Lab } from '../../../test/lab/lab.ts';
import { answeringContainer, HTTP_PORT } from '../network/lab-pods.ts';
import { HOOKS, type PeerService, renderChains } from './iptables-chains.ts';
import { timed } from './timed.ts';

const BRIDGE_RANGE = '172.17.0.0/16';

/** Containers on a machine like the node's, whose Services are iptables chains as kube-proxy would write them. */
export class PeerRules {
  readonly #node: Host;
  readonly #targets: PeerService['targets'];
  #services: readonly PeerService[] = [];

  private constructor(node: Host, targets: PeerService['targets']) {
    this.#node = node;
    this.#targets = targets;
  }

  static async open(lab: Lab, endpoints: number): Promise<PeerRules> {
    const node = lab.host('n1');
    const targets: { ip: string; port: number }[] = [];
    for (let i = 0; i < endpoints; i++)
      targets.push({ ip: await answeringContainer(node, `web-${i}`), port: HTTP_PORT });
    // Docker lets nobody in who was not published to.
    await node.run('iptables', ['-I', 'DOCKER-USER', '-j', 'ACCEPT']);
    const side = new PeerRules(node, targets);
    await side.#restore(HOOKS);
    return side;
  }

  /** Serves the same addresses with containers of its own. @returns ms that all chains took, written at once */
  replace(services: readonly PeerService[]): Promise<number> {
    this.#services = services.map((service) => ({ ...service, targets: this.#targets }));
    return this.#restore(renderChains(this.#services, BRIDGE_RANGE));
  }

  /** One endpoint of one Service goes, and comes back. @returns ms of the first */
  async changeOne(): Promise<number> {
    const [first, ...others] = this.#services;
    if (!first) throw new Error('no Services');
    const less = { ...first, targets: first.targets.slice(1) };
    const took = await this.#restore(renderChains([less, ...others], BRIDGE_RANGE, [less]));
    await this.#restore(renderChains(this.#services, BRIDGE_RANGE, [first]));
    return took;
  }

  #restore(input: string): Promise<number> {
    return timed(() => this.#node.run('iptables-restore', ['--noflush', '-w'], { input }));
  }
}
