import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Container, Pod } from '../../api/types.ts';
import { renderHostNetworkHostsFile, renderHostsFile } from '../network/hosts-file.ts';
import { readNodeResolvConf, renderResolvConf } from '../network/resolv-conf.ts';
import type { HostMount } from '../runtime/runtime.ts';

/** What the files say of the cluster. */
export interface DnsSettings {
  readonly clusterDomain: string;
  /** undefined while no cluster DNS is served: pods then ask whom the node asks. */
  readonly clusterDns: string | undefined;
}

const NODE_HOSTS_FILE = '/etc/hosts';

/** The files of a pod that its containers see at fixed places: `<data-dir>/pods/<uid>/{etc-hosts,resolv.conf}`. */
export class HostFiles {
  readonly #podsDir: string;
  readonly #settings: () => DnsSettings;

  constructor(podsDir: string, settings: () => DnsSettings) {
    this.#podsDir = podsDir;
    this.#settings = settings;
  }

  /** Writes what differs; safe to repeat. @param ip undefined with hostNetwork */
  async write(pod: Pod, ip: string | undefined): Promise<void> {
    const dir = this.#dir(pod);
    const settings = this.#settings();
    await mkdir(dir, { recursive: true, mode: 0o750 });
    const hosts =
      ip === undefined
        ? renderHostNetworkHostsFile(pod, await readOr(NODE_HOSTS_FILE, ''))
        : renderHostsFile(pod, ip, settings.clusterDomain);
    await writeIfDifferent(join(dir, 'etc-hosts'), hosts);
    const resolver = { ...settings, node: await readNodeResolvConf() };
    await writeIfDifferent(join(dir, 'resolv.conf'), renderResolvConf(pod, resolver));
  }

  /** resolv.conf goes on the sandbox too: the engine hands containers the sandbox's where nothing else is mounted. */
  sandboxMounts(pod: Pod): HostMount[] {
    return [{ hostPath: join(this.#dir(pod), 'resolv.conf'), containerPath: '/etc/resolv.conf', readOnly: true }];
  }

  /** A container's own mount of such a place goes before ours. */
  containerMounts(pod: Pod, container: Container): HostMount[] {
    const taken = new Set((container.volumeMounts ?? []).map((mount) => mount.mountPath));
    const all: HostMount[] = [
      { hostPath: join(this.#dir(pod), 'etc-hosts'), containerPath: '/etc/hosts', readOnly: false },
      ...this.sandboxMounts(pod),
    ];
    return all.filter((mount) => !taken.has(mount.containerPath));
  }

  /** Takes the pod's whole directory away; its volumes must be torn down by then. Fine when there is none. */
  async remove(podUid: string): Promise<void> {
    await rm(join(this.#podsDir, podUid), { recursive: true, force: true });
  }

  #dir(pod: Pod): string {
    return join(this.#podsDir, pod.metadata.uid ?? '');
  }
}

async function writeIfDifferent(path: string, text: string): Promise<void> {
  const before = await readOr(path, undefined);
  if (before === text) return;
  // A file that is there may be mounted in running containers: a rename would leave them the old one.
  if (before !== undefined) return writeFile(path, text);
  await writeFile(`${path}.new`, text, { mode: 0o644 });
  await rename(`${path}.new`, path);
}

async function readOr<T>(path: string, missing: T): Promise<string | T> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return missing;
    throw error;
  }
}
