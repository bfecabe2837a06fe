import { setTimeout as sleep } from 'node:timers/promises';
import { renderChange, renderTable } from '../../../src/agent/services/render.ts';
import { RuleSets } from '../../../src/agent/services/rule-set.ts';
import { type ServicePort, ServicePorts } from '../../../src/agent/services/service-port.ts';
import type { EndpointSlice, Service } from '../../../src/api/types.ts';
import type { Host } from '../../../test/lab/host.ts';
import type { Lab } from '../../../test/lab/lab.ts';
import { ApiConnection } from '../../lib/api-connection.ts';
import { answeringPod, HTTP_PORT, LabPods } from '../network/lab-pods.ts';
import type { PeerService } from './iptables-chains.ts';
import { Reacher } from './reacher.ts';
import { timed } from './timed.ts';

const NAMESPACE = '/api/v1/namespaces/default';
const CREATORS = 20;
const WITHIN_MS = 600_000;
export const ENDPOINTS = 3;
/** Of its own, so that nothing of the agent's is touched; it has the same rules. */
const SETTINGS = { table: 'bench', clusterCidr: '10.42.0.0/16', serviceCidrs: ['10.43.0.0/16'] };
const PLACE = { nodeName: 'n1', nodeIp: '', guard: { addresses: new Set<string>(), ports: new Set<string>() } };
/** The Service whose endpoint comes and goes. */
const PROBE = 'probe';

/** A cluster of one node whose Services all have the same three pods. */
export class BrambleRules {
  readonly #lab: Lab;
  readonly #api: ApiConnection;
  readonly #node: Host;
  readonly #reacher: Reacher;
  #count = 0;
  #probeAddress = '';

  private constructor(lab: Lab) {
    this.#lab = lab;
    this.#api = new ApiConnection(lab.kubeconfig);
    this.#node = lab.host('n1');
    this.#reacher = new Reacher(this.#node);
  }

  static async open(lab: Lab): Promise<BrambleRules> {
    const side = new BrambleRules(lab);
    const webs = Array.from({ length: ENDPOINTS }, (_, i) => answeringPod(`web-${i}`, 'n1', { app: 'web' }));
    await new LabPods(lab, side.#api).start([...webs, answeringPod(PROBE, 'n1', { app: PROBE })]);
    const { spec } = await side.#createService(PROBE, PROBE);
    side.#probeAddress = spec.clusterIP ?? '';
    return side;
  }

  close(): void {
    this.#reacher.close();
    this.#api.close();
  }

  /** Creates Services until there are so many. @returns ms until each is in the node's rules with all its endpoints */
  async grow(count: number): Promise<number> {
    const names = Array.from({ length: count - this.#count }, (_, i) => `svc-${this.#count + i}`);
    this.#count = count;
    return timed(async () => {
      const creator = async () => {
        for (let name = names.pop(); name; name = names.pop()) await this.#createService(name, 'web');
      };
      await Promise.all(Array.from({ length: CREATORS }, creator));
      await this.#untilServed(count);
    });
  }

  async services(): Promise<PeerService[]> {
    const ports = await this.#ports();
    return ports.flatMap(({ clusterIps: [clusterIp = ''], port, targets }) =>
      targets.length === ENDPOINTS ? [{ clusterIp, port, targets }] : [],
    );
  }

  /** From a change of the pod's labels to what it means for connections to its Service, in ms. */
  async change(wanted: 'reached' | 'refused'): Promise<number> {
    const labels = { app: wanted === 'reached' ? PROBE : 'away' };
    const sending = { body: { metadata: { labels } }, contentType: 'application/merge-patch+json' };
    return this.#reacher.time(wanted, this.#probeAddress, 80, () =>
      this.#api.json('PATCH', `${NAMESPACE}/pods/${PROBE}`, sending),
    );
  }

  /** The agent's own transactions carried out apart from it, in ms each: the whole table, and one endpoint less. */
  async transactions(rounds: number): Promise<{ readonly whole: number[]; readonly one: number[] }> {
    const ports = await this.#ports();
    const fewer = ports.map((port, i) => (i === 0 ? { ...port, targets: port.targets.slice(1) } : port));
    const sets = new RuleSets(SETTINGS.clusterCidr);
    const less = sets.of(fewer);
    const all = sets.of(ports);
    const times = { whole: [] as number[], one: [] as number[] };
    try {
      for (let round = 0; round < rounds; round++) {
        await this.#nft([`table ip ${SETTINGS.table}\ndelete table ip ${SETTINGS.table}\n`]);
        times.whole.push(await this.#nft(renderTable(all, SETTINGS, undefined)));
        times.one.push(await this.#nft(renderChange(all, less, SETTINGS)));
      }
    } finally {
      await this.#nft([`table ip ${SETTINGS.table}\ndelete table ip ${SETTINGS.table}\n`]);
    }
    return times;
  }

  /** Memory of both daemons, in MB. */
  async memory(): Promise<{ readonly master: number; readonly agent: number }> {
    const of = async (host: Host, name: string) => {
      const pid = await host.pidOf(name);
      return Number(await host.machine.shell(`awk '/^VmRSS/ { print $2 / 1024 }' /proc/$1/status`, String(pid)));
    };
    return { master: await of(this.#lab.host('master'), 'master'), agent: await of(this.#node, 'agent') };
  }

  #nft(transactions: readonly string[]): Promise<number> {
    return timed(async () => {
      for (const input of transactions) await this.#node.run('nft', ['-f', '-'], { input });
    });
  }

  async #ports(): Promise<ServicePort[]> {
    const services = await this.#api.json<{ items: Service[] }>('GET', `${NAMESPACE}/services`);
    const path = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices';
    const slices = await this.#api.json<{ items: EndpointSlice[] }>('GET', path);
    const isOurs = ({ metadata }: Service) => metadata.name.startsWith('svc-');
    return new ServicePorts(PLACE).of(services.items.filter(isOurs), slices.items);
  }

  #createService(name: string, app: string): Promise<Service> {
    const spec = { selector: { app }, ports: [{ port: 80, targetPort: HTTP_PORT }] };
    return this.#api.json('POST', `${NAMESPACE}/services`, { body: { metadata: { name }, spec } });
  }

  async #untilServed(count: number): Promise<void> {
    for (const end = Date.now() + WITHIN_MS; Date.now() < end; await sleep(100)) {
      const text = await this.#node.run('nft', ['list', 'map', 'ip', 'bramble', 'svc']);
      if ((text.match(new RegExp(`goto cl${ENDPOINTS}\\b`, 'g')) ?? []).length >= count) return;
    }
    throw new Error(`not all of ${count} Services come to the rules`);
  }
}
