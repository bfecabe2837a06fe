import { readFileSync } from 'node:fs';

/** The first child of a process; undefined when it has none or is gone. */
export function childOf(pid: number | undefined): number | undefined {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return children === '' ? undefined : Number(children.split(' ')[0]);
  } catch {
    // It ended meanwhile, and so has no child.
    return undefined;
  }
}
