import type Dockerode from 'dockerode';
import type { BridgeNetwork, BridgeNetworkSpec, NetworkEngine } from '../network/network-engine.ts';
import { statusCode, translateError } from './docker-errors.ts';

/** Begins the id of an endpoint whose container is gone, as an engine that was killed may leave it. */
const STALE = 'ep-';

/** Bridge networks of one engine, as the pod network needs them. */
export class DockerNetworks implements NetworkEngine {
  readonly #docker: Dockerode;

  constructor(docker: Dockerode) {
    this.#docker = docker;
  }

  async find(name: string): Promise<BridgeNetwork | undefined> {
    try {
      const info: Dockerode.NetworkInspectInfo = await this.#docker.getNetwork(name).inspect();
      return {
        subnet: info.IPAM?.Config?.[0]?.Subnet ?? '',
        bridge: info.Options?.['com.docker.network.bridge.name'] ?? '',
        containerCount: Object.keys(info.Containers ?? {}).filter((id) => !id.startsWith(STALE)).length,
      };
    } catch (error) {
      if (statusCode(error) === 404) return undefined;
      throw translateError(error, `inspect network ${name}`);
    }
  }

  async create({ name, subnet, gateway, labels, options }: BridgeNetworkSpec): Promise<void> {
    try {
      await this.#docker.createNetwork({
        Name: name,
        Driver: 'bridge',
        CheckDuplicate: true,
        IPAM: { Driver: 'default', Config: [{ Subnet: subnet, Gateway: gateway }] },
        Options: { ...options },
        Labels: { ...labels },
      });
    } catch (error) {
      throw translateError(error, `create network ${name}`);
    }
  }

  async remove(name: string): Promise<void> {
    try {
      await this.#disconnectStale(name);
      await this.#docker.getNetwork(name).remove();
    } catch (error) {
      if (statusCode(error) !== 404) throw translateError(error, `remove network ${name}`);
    }
  }

  async #disconnectStale(name: string): Promise<void> {
    const network = this.#docker.getNetwork(name);
    const info: Dockerode.NetworkInspectInfo = await network.inspect();
    for (const [id, { Name }] of Object.entries(info.Containers ?? {})) {
      if (id.startsWith(STALE)) await network.disconnect({ Container: Name, Force: true });
    }
  }
}
