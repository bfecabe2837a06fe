/** One line of /proc/net/route. Addresses as numbers, 0 to 2^32 - 1. */
export interface ProcRoute {
  readonly link: string;
  readonly destination: number;
  readonly gateway: number;
  readonly mask: number;
  readonly metric: number;
  /** The route's own: its advmss and 40, as the kernel shows it; 0 when it has none. */
  readonly mtu: number;
}

/** Reads /proc/net/route, or that of a process's network: addresses in hex with the last byte first (10.43.0.0 is 00002B0A), the rest in decimal. */
export function parseProcRoutes(table: string): ProcRoute[] {
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t'))
    .filter((fields) => fields.length > 8)
    .map(([link = '', destination = '', gateway = '', , , , metric, mask = '', mtu]) => ({
      link,
      destination: parseAddress(destination),
      gateway: parseAddress(gateway),
      mask: parseAddress(mask),
      metric: Number(metric),
      mtu: Number(mtu),
    }));
}

export function isDefault({ destination, mask }: ProcRoute): boolean {
  return destination === 0 && mask === 0;
}

function parseAddress(hex: string): number {
  return Buffer.from(hex, 'hex').readUInt32LE();
}
