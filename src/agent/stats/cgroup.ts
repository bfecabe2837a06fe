import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const ROOT = '/sys/fs/cgroup';

/** Folders of the controllers that hold a process. */
export interface CgroupFolders {
  readonly memory: string;
  readonly pids: string;
  /** Of the unified hierarchy: other names, one folder. */
  readonly isUnified: boolean;
}

/**
 * From `/proc/<pid>/cgroup`: `9:memory:/docker/<id>` where the memory controller is in a hierarchy of its own (also beside an
 * empty unified one), `0::/system.slice/docker-<id>.scope` else. So it is found whatever driver Docker uses.
 */
export function parseCgroups(text: string): CgroupFolders | undefined {
  const paths = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, controllers = '', path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (path === undefined) continue;
    for (const controller of controllers.split(',')) paths.set(controller, path);
  }
  const [memory, pids, unified] = [paths.get('memory'), paths.get('pids'), paths.get('')];
  if (memory !== undefined)
    return { memory: join(ROOT, 'memory', memory), pids: join(ROOT, 'pids', pids ?? memory), isUnified: false };
  if (unified === undefined) return undefined;
  return { memory: join(ROOT, unified), pids: join(ROOT, unified), isUnified: true };
}

/** Working set from a cgroup's usage and its memory.stat: what is used less inactive file pages. Source: cadvisor. */
export function workingSet(usage: string, stat: string, isUnified: boolean): number {
  const name = isUnified ? 'inactive_file' : 'total_inactive_file';
  const inactive = Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(stat)?.[1] ?? 0);
  return Math.max(0, Number(usage) - inactive);
}

/** Of the cgroup that a process is in; undefined when it has ended. @param pid a container's first process */
export async function cgroupUsage(pid: number): Promise<{ memoryBytes: number; processes: number } | undefined> {
  try {
    const folders = parseCgroups(await readFile(`/proc/${pid}/cgroup`, 'utf8'));
    if (!folders) return undefined;
    const { memory, pids, isUnified } = folders;
    const [usage, stat, processes] = await Promise.all([
      readFile(join(memory, isUnified ? 'memory.current' : 'memory.usage_in_bytes'), 'utf8'),
      readFile(join(memory, 'memory.stat'), 'utf8'),
      readFile(join(pids, 'pids.current'), 'utf8'),
    ]);
    return { memoryBytes: workingSet(usage, stat, isUnified), processes: Number(processes) };
  } catch {
    return undefined; // it ended between the list and this
  }
}
