import { readFileSync } from 'node:fs';

/** Field 22 of /proc/PID/stat (clock ticks since boot); undefined when there is no such process or it is a zombie. Source: proc(5). */
export function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold anything: fields are counted from behind it; the first is the state.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
