import { statfs } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { type Check, type Finding, findings, type Purpose } from '../finding.ts';
import { nearestFolder } from '../observe.ts';

export interface SpaceFacts {
  readonly role: Purpose['role'];
  readonly folders: readonly { readonly path: string; readonly freeBytes: number; readonly totalBytes: number }[];
  readonly memoryBytes: number;
}

const MI = 2 ** 20;
const GI = 2 ** 30;
const gib = (bytes: number) => `${(bytes / GI).toFixed(1)} GiB`;
/** kubelet's threshold of nodefs: below it pods are evicted. */
const MIN_FREE = 0.1;
/** Below this a machine has no room for what runs beside pods. */
const MIN_MEMORY = { master: 900 * MI, agent: 400 * MI } as const;

export function judgeSpace({ role, folders, memoryBytes }: SpaceFacts): Finding[] {
  const { ok, warning, problem } = findings('space');
  const found: Finding[] = [];
  for (const { path, freeBytes, totalBytes } of folders) {
    const what = `${gib(freeBytes)} of ${gib(totalBytes)} free at ${path}`;
    const mend = 'docker system prune; apt-get clean; or a larger disk';
    if (freeBytes < 0.5 * GI) found.push(problem(what, { means: 'images do not fit', mend }));
    else if (freeBytes < 2 * GI || freeBytes < MIN_FREE * totalBytes) {
      found.push(warning(what, { means: 'pods are evicted when less than 10 % are free', mend }));
    } else found.push(ok(what));
  }
  const memory = `${gib(memoryBytes)} of memory`;
  if (memoryBytes >= MIN_MEMORY[role]) return [...found, ok(memory)];
  const means = role === 'master' ? 'a master, Docker and pods want 1 GiB' : 'Docker, an agent and a pod want 512 MiB';
  return [...found, warning(memory, { means, mend: 'let this machine run few and small pods' })];
}

export const space: Check = {
  name: 'space',
  run: async ({ role, dataDir }) => {
    const paths = [...new Set([dataDir, '/var/lib/docker'].map(nearestFolder))];
    const folders = await Promise.all(
      paths.map(async (path) => {
        const { bavail, blocks, bsize } = await statfs(path);
        return { path, freeBytes: bavail * bsize, totalBytes: blocks * bsize };
      }),
    );
    return judgeSpace({ role, folders, memoryBytes: totalmem() });
  },
};
