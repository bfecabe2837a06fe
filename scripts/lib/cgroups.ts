import { rmdirSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

const CGROUPS = '/sys/fs/cgroup';

/** Takes away an engine's `--cgroup-parent` and all below it, in every hierarchy, once nothing runs there any more. */
export async function removeCgroups(parent: string): Promise<void> {
  // Version 2 has one hierarchy, whose root this is; version 1 has one below for each controller.
  for (const hierarchy of ['', ...(await readdir(CGROUPS))]) {
    const root = join(CGROUPS, hierarchy, parent);
    const below = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
    const folders = below.filter((entry) => entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
    // The deepest first. One that is busy or not there is no reason to fail a run that is over.
    for (const folder of [...folders.sort().reverse(), root]) removeQuietly(folder);
  }
}

function removeQuietly(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // As the caller says.
  }
}
