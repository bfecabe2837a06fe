import { runCommand } from '../../src/cli/up/run-command.ts';
import { addressesOf, GATEWAY, type Lan, OUTSIDE } from './addresses.ts';
import { type Impairments, renderImpairments } from './impairments.ts';
import type { Namespaces } from './namespaces.ts';

/** Link of the machine that the lab runs on; it goes with the lab. */
const outsideLink = (index: number) => `bramblelab${index}`;
const MAX_LABS = 256;

/** Two LANs, and the router between them: bridges in the network namespace of the lab, where the registry listens, too. */
export class LanSwitch {
  readonly #lab: Namespaces;
  readonly #index: number;

  constructor(lab: Namespaces, index: number) {
    this.#lab = lab;
    this.#index = index;
  }

  /**
   * Furnishes a lab's namespaces, with a link to the caller's network: it is what keeps two labs from having one index, since
   * its name can be given out only once.
   */
  static async make(lab: Namespaces): Promise<{ readonly lan: LanSwitch; readonly index: number }> {
    const index = await connectOutside(lab);
    const { near, far } = addressesOf(index);
    await lab.shell(
      `for lan in near far; do ip link add $lan type bridge; ip link set $lan up; done
       ip address add $1.${GATEWAY}/24 dev near
       ip address add $2.${GATEWAY}/24 dev far
       ip link set outside master near up
       echo 1 > /proc/sys/net/ipv4/ip_forward
       # Frames that a switch passes on are no business of its firewall.
       for family in ip ip6; do
         setting=/proc/sys/net/bridge/bridge-nf-call-\${family}tables
         if [ -e $setting ]; then echo 0 > $setting; fi
       done`,
      near,
      far,
    );
    await runCommand('ip', ['address', 'add', `${near}.${OUTSIDE}/24`, 'dev', outsideLink(index)]);
    await runCommand('ip', ['link', 'set', outsideLink(index), 'up']);
    await runCommand('ip', ['route', 'add', `${far}.0/24`, 'via', `${near}.${GATEWAY}`]);
    return { lan: new LanSwitch(lab, index), index };
  }

  /** Lays a cable to a host, whose end is `eth0`. */
  async connect(host: { name: string; machine: Namespaces; lan: Lan; byte: number }): Promise<void> {
    const network = addressesOf(this.#index)[host.lan];
    const pid = String(host.machine.first.pid);
    // Only the network is the lab's: the process id of the other side is one of ours.
    const peer = ['peer', 'name', 'eth0', 'address', hardwareAddress(network, host.byte), 'netns'];
    await this.#lab.runInNetwork('ip', ['link', 'add', wireOf(host.name), 'type', 'veth', ...peer, pid]);
    await this.#lab.runInNetwork('ip', ['link', 'set', wireOf(host.name), 'master', host.lan, 'up']);
    await host.machine.shell(
      `ip address add $1.$2/24 dev eth0; ip link set eth0 up; ip route add default via $1.${GATEWAY}`,
      network,
      String(host.byte),
    );
  }

  /** Pulls the cable of a host, or plugs it in again. The host's routes and addresses stay, as with a real one. */
  async plug(name: string, isIn: boolean): Promise<void> {
    await this.#lab.run('ip', ['link', 'set', wireOf(name), isIn ? 'up' : 'down']);
  }

  /** @param rate as tc(8) has it, `10mbit`, both ways; undefined: as fast as it can */
  async limit(name: string, machine: Namespaces, rate: string | undefined): Promise<void> {
    const script = rate
      ? 'tc qdisc replace dev $1 root tbf rate $2 burst 32k latency 50ms'
      : 'if tc qdisc show dev $1 | grep -q tbf; then tc qdisc del dev $1 root; fi';
    await this.#lab.shell(script, wireOf(name), rate ?? '');
    await machine.shell(script, 'eth0', rate ?? '');
  }

  /** Makes these, and no others, hold. */
  async impair(impairments: Impairments): Promise<void> {
    await this.#lab.run('nft', ['-f', '-'], { input: renderImpairments(impairments) });
  }

  /** Takes away the cable of a host that lost power: by itself it goes with the host's namespace, a moment after its processes. */
  async unplugged(name: string): Promise<void> {
    // Not by /sys, which shows the links of the machine around the lab.
    // To delete what has just gone by itself fails, and is as good.
    const script = 'ip link delete $1 2>/dev/null || true; ! ip link show dev $1 >/dev/null 2>&1';
    await this.#lab.shell(script, wireOf(name));
  }
}

/** The same at every start, as a real card's: others would go on asking for the old one, up to half a minute. */
function hardwareAddress(network: string, byte: number): string {
  const bytes = [2, 0, ...network.split('.').map(Number), byte];
  return bytes.map((one) => one.toString(16).padStart(2, '0')).join(':');
}

/** The end of a host's cable that is at the switch. */
export function wireOf(name: string): string {
  return `to-${name}`;
}

async function connectOutside(lab: Namespaces): Promise<number> {
  for (let index = 0; index < MAX_LABS; index++) {
    try {
      const peer = ['peer', 'name', 'outside', 'netns', String(lab.first.pid)];
      await runCommand('ip', ['link', 'add', outsideLink(index), 'type', 'veth', ...peer]);
      return index;
    } catch (error) {
      if (!String(error).includes('File exists')) throw error;
    }
  }
  throw new Error(`${MAX_LABS} labs run already`);
}
