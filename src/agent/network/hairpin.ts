import { readdir, readFile, writeFile } from 'node:fs/promises';
import { run } from './command.ts';

/**
 * Lets a frame leave by the port it came in by: a pod that reaches itself through its own Service needs it, and Docker
 * sets it only without its userland proxy. Lost when the container starts again.
 */
export async function setHairpin(bridge: string, pausePid: number): Promise<void> {
  // Through the pause's root: the sysfs mounted there shows its own links.
  const peer = (await readFile(`/proc/${pausePid}/root/sys/class/net/eth0/iflink`, 'utf8')).trim();
  for (const port of await readdir(portsOf(bridge)))
    if ((await readFile(`/sys/class/net/${port}/ifindex`, 'utf8')).trim() === peer) await turnOn(port);
}

/** The same for every port of the bridge, where it is off. */
export async function healHairpins(bridge: string): Promise<void> {
  const ports = await readdir(portsOf(bridge)).catch(() => []); // no bridge: no pods
  for (const port of ports)
    await turnOn(port).catch((error: unknown) => {
      if (!isGone(error)) throw error; // its pod ended meanwhile
    });
}

function portsOf(bridge: string): string {
  return `/sys/class/net/${bridge}/brif`;
}

async function turnOn(port: string): Promise<void> {
  const path = `/sys/class/net/${port}/brport/hairpin_mode`;
  if ((await readFile(path, 'utf8')).trim() === '1') return;
  try {
    await writeFile(path, '1');
  } catch (error) {
    if (isGone(error)) throw error;
    // sysfs is read-only where the agent itself runs in a container; netlink is not.
    await run('bridge', ['link', 'set', 'dev', port, 'hairpin', 'on']);
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENODEV');
}
