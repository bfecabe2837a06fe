import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../lib/clock.ts';
import { createLogger } from '../lib/logger.ts';
import { AGENT_DEFAULTS, namesOf } from './config.ts';
import { Haproxy } from './ingress/haproxy.ts';
import { ingressFolder } from './ingress/haproxy-config.ts';
import { DockerPodNetwork } from './network/pod-network.ts';
import { DockerRuntime } from './runtime/docker.ts';
import { NftTable } from './services/nft-table.ts';
import { statePath } from './state-file.ts';
import { contactPath } from './uplink/contact.ts';
import { keptPath } from './uplink/kept/durable-map.ts';
import { parseMountPoints, unmount } from './volumes/mount-table.ts';

/**
 * Takes away all that an agent made on this machine: pods' containers, their mounts and files, the pod network, its
 * routes and the firewall rules. The agent must not run. Safe to repeat.
 * @returns how many containers went, in words.
 */
export async function removeFromNode(
  dataDir: string,
  dockerHost: string = AGENT_DEFAULTS['docker-host'],
  bridge: string = AGENT_DEFAULTS.bridge,
): Promise<string> {
  const { network, chainPrefix, owner } = namesOf(bridge);
  const log = createLogger('silent');
  const runtime = new DockerRuntime({ host: dockerHost, owner, network, clock: systemClock, log });
  const containers = await runtime.list();
  // The containers before their sandboxes: they live in its network.
  for (const role of ['container', 'sandbox'] as const) {
    await Promise.all(containers.filter((one) => one.role === role).map(({ id }) => runtime.removeContainer(id)));
  }
  const pods = join(dataDir, 'pods');
  const mounts = parseMountPoints(await readFile('/proc/self/mountinfo', 'utf8'));
  for (const mount of mounts) if (mount.startsWith(`${pods}/`)) await unmount(mount);
  // The assignment too: an agent that is started again must not begin with what was taken away.
  for (const path of [pods, keptPath(dataDir), contactPath(dataDir), statePath(dataDir)]) {
    await rm(path, { recursive: true, force: true });
  }
  const podNetwork = new DockerPodNetwork({
    engine: runtime.networks,
    log,
    dataDir,
    // Only named in rules, which are found by the names of their chains.
    clusterCidr: () => '',
    networkName: network,
    bridge,
    chainPrefix,
  });
  await new Haproxy(ingressFolder(dataDir), { clock: systemClock, onEnd: () => {} }).remove();
  await new NftTable(network).remove();
  await podNetwork.remove();
  await runtime.removePauseImage();
  return `${containers.length} containers`;
}
