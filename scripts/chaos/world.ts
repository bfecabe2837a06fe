import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { namesOf } from '../../src/agent/config.ts';
import { parseAddressState } from '../../src/agent/network/address-pool.ts';
import { parseMountPoints } from '../../src/agent/volumes/mount-table.ts';
import type { Pod } from '../../src/api/types.ts';
import type { Installation } from '../lib/installation.ts';
import type { Engine, EngineContainer } from './engine.ts';

/** Everything that pods leave traces in, looked at once. */
export interface World {
  readonly pods: readonly Pod[];
  readonly containers: readonly EngineContainer[];
  /** Ids of containers with an endpoint on the pods' network. */
  readonly endpoints: readonly string[];
  /** Links that hang on the pods' bridge. */
  readonly bridgePorts: readonly string[];
  /** Uids of pods that have a mount, a folder, an address. */
  readonly mounts: readonly string[];
  readonly folders: readonly string[];
  readonly addresses: readonly string[];
}

export async function observeWorld(cluster: Installation, engine: Engine): Promise<World> {
  const { dataDir, bridge } = cluster.options;
  const podsDir = join(dataDir, 'pods');
  const mounts = [...parseMountPoints(await readFile('/proc/self/mountinfo', 'utf8'))];
  const book = parseAddressState(await readFile(join(dataDir, 'agent/addresses.json'), 'utf8'));
  return {
    pods: (await cluster.api.get<{ items: Pod[] }>('/api/v1/namespaces/default/pods')).items,
    containers: await engine.containers(bridge),
    endpoints: await engine.endpoints(namesOf(bridge).network),
    bridgePorts: await readdir(`/sys/class/net/${bridge}/brif`),
    mounts: mounts
      .filter((path) => path.startsWith(`${podsDir}/`))
      .map((path) => path.split('/')[podsDir.split('/').length] ?? ''),
    folders: await readdir(podsDir),
    addresses: Object.keys(book?.byPod ?? {}),
  };
}
