import { readFile } from 'node:fs/promises';
import { arch, hostname } from 'node:os';

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

/** `{"hugepages-2Mi": 0}` from /proc/meminfo; empty where the kernel has none. */
export function parseHugePages(meminfo: string): Record<string, number> {
  const number = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(meminfo)?.[1] ?? 0);
  const sizeKb = number('Hugepagesize');
  if (sizeKb === 0) return {};
  const size = sizeKb >= 1024 * 1024 ? `${sizeKb / 1024 / 1024}Gi` : `${sizeKb / 1024}Mi`;
  return { [`hugepages-${size}`]: number('HugePages_Total') * sizeKb * 1024 };
}

/** Reads the facts; what a machine does not tell is ''. */
export async function readHostFacts(): Promise<HostFacts> {
  const { default: si } = await import('systeminformation');
  const [os, cpu, memory, meminfo] = await Promise.all([
    si.osInfo(),
    si.cpu(),
    si.mem(),
    readFile('/proc/meminfo', 'utf8').catch(() => ''), // only huge pages are read from it
  ]);
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
    hugePages: parseHugePages(meminfo),
  };
}
