const NODE_PREFIX_LENGTH = 24;

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function toAddress(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}

/**
 * The first /24 of the cluster's CIDR that no node has. `10.42.0.0/16` holds 256: 10.42.0.0/24 to 10.42.255.0/24.
 * @param used podCIDRs given out; others than IPv4 /24 are ignored.
 * @returns undefined when all are taken.
 */
export function nextPodCidr(clusterCidr: string, used: ReadonlySet<string>): string | undefined {
  const [address = '', length = ''] = clusterCidr.split('/');
  const count = 2 ** (NODE_PREFIX_LENGTH - Number(length));
  const size = 2 ** (32 - NODE_PREFIX_LENGTH);
  const base = Math.floor(toNumber(address) / (count * size)) * count * size;
  for (let index = 0; index < count; index++) {
    const cidr = `${toAddress(base + index * size)}/${NODE_PREFIX_LENGTH}`;
    if (!used.has(cidr)) return cidr;
  }
  return undefined;
}
