import { join } from 'node:path';
import { namesOf } from '../../src/agent/config.ts';
import { parseAddressState } from '../../src/agent/network/address-pool.ts';
import { parseMountPoints } from '../../src/agent/volumes/mount-table.ts';
import type { Pod } from '../../src/api/types.ts';
import { type EngineContainer, listContainers, listEndpoints, type Run } from './engine-view.ts';

/** Everything on one machine that pods leave traces in, looked at once. */
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

/** Where an agent runs. */
export interface Place {
  /** Runs a program there. */
  readonly run: Run;
  readonly dataDir: string;
  readonly bridge: string;
}

/** @param pods those of this machine */
export async function observeWorld({ run, dataDir, bridge }: Place, pods: readonly Pod[]): Promise<World> {
  const podsDir = join(dataDir, 'pods');
  // What is not there yet, on a node that has had no pod, is empty.
  const read = (command: string, path: string) => run('sh', ['-c', '$1 "$2" 2>/dev/null || true', 'sh', command, path]);
  const list = async (folder: string) => (await read('ls', folder)).split('\n').filter(Boolean);
  const mounts = [...parseMountPoints(await run('cat', ['/proc/self/mountinfo']))];
  const book = parseAddressState(await read('cat', join(dataDir, 'agent/addresses.json')));
  return {
    pods,
    containers: await listContainers(run, bridge),
    endpoints: await listEndpoints(run, namesOf(bridge).network),
    bridgePorts: await list(`/sys/class/net/${bridge}/brif`),
    mounts: mounts
      .filter((path) => path.startsWith(`${podsDir}/`))
      .map((path) => path.split('/')[podsDir.split('/').length] ?? ''),
    folders: await list(podsDir),
    addresses: Object.keys(book?.byPod ?? {}),
  };
}
