import { readdir, readlink } from 'node:fs/promises';
import { textOf } from './observe.ts';

/** Who listens on a port of this machine. */
export interface Listener {
  readonly port: number;
  /** undefined: a process of another namespace, or one that only root may look at. */
  readonly pid: number | undefined;
  /** Its command line. */
  readonly command: string;
}

/** Port → socket inode of what listens (state 0A). @param table text of /proc/net/tcp or tcp6. Source: proc(5). */
export function parseListening(table: string): Map<number, string> {
  const rows = table.split('\n').slice(1);
  const found = new Map<number, string>();
  for (const row of rows) {
    const [, local = '', , state, , , , , , inode] = row.trim().split(/\s+/);
    if (state === '0A' && inode) found.set(Number.parseInt(local.split(':')[1] ?? '', 16), inode);
  }
  return found;
}

export async function listenersOn(ports: readonly number[]): Promise<Listener[]> {
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map(textOf));
  const listening = new Map(tables.flatMap((table) => [...parseListening(table)]));
  const wanted = ports.flatMap((port) => {
    const inode = listening.get(port);
    return inode === undefined ? [] : [{ port, inode }];
  });
  if (wanted.length === 0) return [];
  const owners = await socketOwners(new Set(wanted.map(({ inode }) => inode)));
  return Promise.all(
    wanted.map(async ({ port, inode }) => {
      const pid = owners.get(inode);
      const command = pid === undefined ? '' : await textOf(`/proc/${pid}/cmdline`);
      return { port, pid, command: command.replaceAll('\0', ' ').trim() };
    }),
  );
}

/** Socket inode → process, for those that are asked for. */
async function socketOwners(inodes: ReadonlySet<string>): Promise<Map<string, number>> {
  const owners = new Map<string, number>();
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    // A process may end while it is looked at, and others may not be looked at.
    for (const fd of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
      const link = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => '');
      const inode = /^socket:\[(\d+)\]$/.exec(link)?.[1];
      if (inode && inodes.has(inode)) owners.set(inode, Number(pid));
    }
  }
  return owners;
}
