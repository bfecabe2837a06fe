import { readdir, readFile } from 'node:fs/promises';
import { arch, hostname } from 'node:os';
import { join } from 'node:path';

/** Of this machine; read once at start, since the calls spawn processes. */
export interface HostFacts {
  readonly hostname: string;
  readonly cpuCount: number;
  readonly memoryBytes: number;
  readonly machineId: string;
  readonly systemUuid: string;
  readonly bootId: string;
  readonly kernelVersion: string;
  /** `Debian GNU/Linux 12 (bookworm)` */
  readonly osImage: string;
  /** Go's words, as Kubernetes labels nodes: amd64, arm64, arm. */
  readonly architecture: string;
  /** Size in bytes of each huge page kind the kernel has, with how many bytes are set aside. */
  readonly hugePages: Readonly<Record<string, number>>;
}

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64', arm: 'arm', ia32: '386' };

/** @returns Go's name of a Node.js architecture. */
export function goArchitecture(nodeArch: string): string {
  return ARCHITECTURES[nodeArch] ?? nodeArch;
}

async function firstLine(...paths: string[]): Promise<string> {
  for (const path of paths) {
    try {
      const text = (await readFile(path, 'utf8')).split('\n')[0]?.replaceAll('\0', '').trim();
      if (text) return text;
    } catch {
      // Not every machine has every one of these files; the next one is asked.
    }
  }
  return '';
}

const HUGE_PAGES = '/sys/kernel/mm/hugepages';

/** `hugepages-2Mi` of the folder `hugepages-2048kB`; undefined for another one. */
export function hugePageName(folder: string): { name: string; bytes: number } | undefined {
  const kb = Number(/^hugepages-(\d+)kB$/.exec(folder)?.[1] ?? 0);
  if (kb === 0) return undefined;
  const [size, unit] = kb >= 1024 * 1024 ? [kb / 1024 / 1024, 'Gi'] : kb >= 1024 ? [kb / 1024, 'Mi'] : [kb, 'Ki'];
  return { name: `hugepages-${size}${unit}`, bytes: kb * 1024 };
}

/** `{"hugepages-2Mi": 0}`: how many bytes are set aside of each size; empty where the kernel has none. */
async function readHugePages(): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const folder of (await readdir(HUGE_PAGES).catch(() => [])).sort()) {
    const page = hugePageName(folder);
    if (page) found[page.name] = Number(await firstLine(join(HUGE_PAGES, folder, 'nr_hugepages'))) * page.bytes;
  }
  return found;
}

/** Reads the facts; what a machine does not tell is ''. */
export async function readHostFacts(): Promise<HostFacts> {
  const { default: si } = await import('systeminformation');
  const [os, cpu, memory, hugePages] = await Promise.all([si.osInfo(), si.cpu(), si.mem(), readHugePages()]);
  const machineId = await firstLine('/etc/machine-id', '/var/lib/dbus/machine-id');
  return {
    hostname: hostname().toLowerCase(),
    cpuCount: cpu.cores,
    memoryBytes: memory.total,
    machineId,
    // A Pi has no DMI: its serial number stands in, as in kubelet.
    systemUuid: (await firstLine('/sys/class/dmi/id/product_uuid', '/proc/device-tree/serial-number')) || machineId,
    bootId: await firstLine('/proc/sys/kernel/random/boot_id'),
    kernelVersion: os.kernel,
    osImage: [os.distro, os.release, os.codename ? `(${os.codename})` : ''].filter(Boolean).join(' '),
    architecture: goArchitecture(arch()),
    hugePages,
  };
}
