import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../lib/logger.ts';
import { DNS_PORT } from '../dns/dns-port.ts';
import { AddressBook } from './address-book.ts';
import { gatewayOf, requireCidr } from './cidr.ts';
import { clusterCidrOfRules, ensureRules, removeRules } from './firewall.ts';
import { healHairpins, setHairpin } from './hairpin.ts';
import type { PodNetwork } from './network.ts';
import type { BridgeNetwork, NetworkEngine } from './network-engine.ts';
import { NetworkError } from './network-error.ts';
import { applyNodeSettings, hostMtu } from './node-settings.ts';
import { PodMtu } from './pod-mtu.ts';
import type { RoutePeer } from './routes/plan-routes.ts';
import { ensureRoutes, removeRoutes } from './routes/pod-routes.ts';
import { ensureServiceRoutes } from './service-route.ts';

const REMOVE_TRIES = 20;
const REMOVE_PAUSE_MS = 250;

export interface PodNetworkOptions {
  readonly engine: NetworkEngine;
  readonly log: Logger;
  /** `/var/lib/bramble`: addresses are remembered under it. */
  readonly dataDir: string;
  /** `10.42.0.0/16`; asked at each `ensure`, since the master tells it. */
  readonly clusterCidr: () => string;
  /** Networks of Services' addresses, `10.43.0.0/16`; none for no routes to Services. */
  readonly serviceCidrs?: () => readonly string[];
  /** The address that others reach this node at, and the other nodes as far as they are known; undefined: there are none. */
  readonly neighbourhood?: () => Neighbourhood;
  /** Docker's name of the network; `bramble`. */
  readonly networkName?: string;
  /** Link name of the bridge, at most 15 characters; `bramble0`. */
  readonly bridge?: string;
  /** Begins the names of our iptables chains; `BRAMBLE`. */
  readonly chainPrefix?: string;
  /** undefined for that of the link of the default route. */
  readonly mtu?: number;
}

export interface Neighbourhood {
  readonly address: string;
  readonly peers: readonly RoutePeer[];
  /** These are all there are. */
  readonly isComplete: boolean;
}

const ALONE: Neighbourhood = { address: '', peers: [], isComplete: false };

/** A bridge network of Docker's on the node's pod CIDR, with addresses chosen by us and the firewall open for pods. */
export class DockerPodNetwork implements PodNetwork {
  readonly #options: PodNetworkOptions;
  readonly #name: string;
  readonly #bridge: string;
  readonly #chainPrefix: string;
  readonly #vxlanName: string;
  readonly #addresses: AddressBook;
  readonly #podMtu = new PodMtu();
  /** Calls of ensure and remove one after the other: two that make the same network would both fail. */
  #turn: Promise<unknown> = Promise.resolve();
  /** Warned of already: a sweep that finds the same again says nothing. */
  #knownProblems = '';

  constructor(options: PodNetworkOptions) {
    this.#options = options;
    this.#name = options.networkName ?? 'bramble';
    this.#bridge = options.bridge ?? 'bramble0';
    this.#chainPrefix = options.chainPrefix ?? 'BRAMBLE';
    // A link's name has at most 15 characters.
    this.#vxlanName = `${this.#bridge.replace(/\d+$/, '').slice(0, 12)}.vx`;
    this.#addresses = new AddressBook(join(options.dataDir, 'agent', 'addresses.json'));
  }

  /**
   * @throws NetworkError InvalidCidr, NetworkInUse, ToolMissing, CommandFailed; RuntimeError of the engine. RoutesFailed when only
   * other nodes' pods can't be reached: this node's have all they need.
   */
  ensure(podCidr: string): Promise<void> {
    return this.#inTurn(async () => {
      await this.#addresses.use(podCidr);
      await this.#ensureNode();
      const routes = await this.#ensureRoutes(podCidr);
      await this.#ensureNetwork(podCidr);
      const repaired = await ensureRules({
        chainPrefix: this.#chainPrefix,
        bridge: this.#bridge,
        podCidr,
        clusterCidr: this.#options.clusterCidr(),
        dnsPort: DNS_PORT,
        vxlanPeers: routes instanceof NetworkError ? [] : routes.vxlanPeers,
      });
      if (repaired > 0) this.#options.log.info({ actions: repaired }, 'firewall rules for pods set');
      await ensureServiceRoutes(this.#options.serviceCidrs?.() ?? [], this.#bridge);
      await healHairpins(this.#bridge);
      if (!(routes instanceof NetworkError))
        await this.#podMtu.ensure({ gateway: gatewayOf(requireCidr(podCidr)), mtu: routes.podMtu });
      if (routes instanceof NetworkError) throw routes;
    });
  }

  /** Never the reason why this node's own pods have no network: what failed is told at the end. */
  async #ensureRoutes(podCidr: string) {
    const { clusterCidr, neighbourhood, log } = this.#options;
    try {
      const desired = {
        ...(neighbourhood?.() ?? ALONE),
        podCidr,
        clusterCidr: clusterCidr(),
        vxlanName: this.#vxlanName,
      };
      const result = await ensureRoutes(desired);
      if (result.actions.length > 0)
        log.info({ actions: result.actions.length, vxlanPeers: result.vxlanPeers }, 'routes to other nodes set');
      return result;
    } catch (cause) {
      const words = cause instanceof Error ? cause.message : String(cause);
      return new NetworkError('RoutesFailed', `other nodes' pods can't be reached: ${words}`, { cause });
    }
  }

  allocate(podUid: string): Promise<string> {
    return this.#addresses.allocate(podUid);
  }

  release(podUid: string): Promise<void> {
    return this.#addresses.release(podUid);
  }

  async attach(pid: number): Promise<void> {
    await this.#podMtu.attach(pid);
    await setHairpin(this.#bridge, pid);
  }

  /** Takes network, rules and remembered addresses away; pods must be gone. Safe to repeat. */
  remove(): Promise<void> {
    return this.#inTurn(async () => {
      // The network last: an engine that lost count of its endpoints refuses, and what is ours alone is gone by then.
      const clusterCidr = await clusterCidrOfRules(this.#chainPrefix);
      await removeRoutes({ vxlanName: this.#vxlanName, bridge: this.#bridge, clusterCidr });
      await removeRules(this.#chainPrefix);
      await this.#addresses.remove();
      await this.#removeNetwork();
    });
  }

  /** Docker lets go of the endpoints of containers that were just removed a moment after it has said so. */
  async #removeNetwork(): Promise<void> {
    for (let tries = 0; tries < REMOVE_TRIES; tries++) {
      try {
        await this.#options.engine.remove(this.#name);
        return;
      } catch (err) {
        if (tries === REMOVE_TRIES - 1) throw await this.#whyItStays(err);
        this.#options.log.debug({ network: this.#name, err }, 'the engine still holds on to the pod network');
        await sleep(REMOVE_PAUSE_MS);
      }
    }
  }

  async #whyItStays(cause: unknown): Promise<unknown> {
    const found = await this.#options.engine.find(this.#name).catch(() => undefined);
    if (!found || found.containerCount > 0) return cause;
    const message = `Docker keeps the network ${this.#name}, which no container uses: it lost count, and counts anew when it is restarted (systemctl restart docker); then run this again`;
    return new NetworkError('EndpointsMiscounted', message, { cause });
  }

  async #ensureNode(): Promise<void> {
    const problems = (await applyNodeSettings()).join('; ');
    if (problems !== this.#knownProblems && problems !== '')
      this.#options.log.warn({ problems }, 'kernel settings that pods need could not be made');
    this.#knownProblems = problems;
  }

  async #ensureNetwork(podCidr: string): Promise<void> {
    const found = await this.#options.engine.find(this.#name);
    if (found?.subnet === podCidr && found.bridge === this.#bridge && (await hasLink(this.#bridge))) return;
    if (found) await this.#removeWrong(found, podCidr);
    const mtu = this.#options.mtu ?? (await hostMtu());
    const spec = {
      name: this.#name,
      subnet: podCidr,
      gateway: gatewayOf(requireCidr(podCidr)),
      labels: { bramble: 'pods' },
    };
    const options = {
      'com.docker.network.bridge.name': this.#bridge,
      'com.docker.network.bridge.enable_ip_masquerade': 'false',
      'com.docker.network.driver.mtu': String(mtu),
    };
    const { engine, log } = this.#options;
    try {
      // Docker 28 drops what other nodes send to a pod unless told this; older ones ignore it.
      const unprotected = { 'com.docker.network.bridge.gateway_mode_ipv4': 'nat-unprotected' };
      await engine.create({ ...spec, options: { ...options, ...unprotected } });
    } catch (err) {
      log.debug({ err }, 'the engine refuses gateway_mode_ipv4=nat-unprotected');
      await engine.create({ ...spec, options });
    }
    log.info({ network: this.#name, bridge: this.#bridge, podCidr, mtu }, 'pod network made');
  }

  async #removeWrong({ subnet, bridge, containerCount }: BridgeNetwork, podCidr: string): Promise<void> {
    if (containerCount > 0)
      throw new NetworkError(
        'NetworkInUse',
        `Docker network ${this.#name} is ${subnet} on ${bridge} with ${containerCount} containers, this node's pods want ${podCidr} on ${this.#bridge}: remove those containers first`,
      );
    await this.#options.engine.remove(this.#name);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined); // told to its own caller
    return result;
  }
}

async function hasLink(name: string): Promise<boolean> {
  return access(`/sys/class/net/${name}`).then(
    () => true,
    () => false,
  );
}
