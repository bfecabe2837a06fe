/** What is wrong with the cables of a lab. */
export interface Impairments {
  /** Pairs that cannot see each other. */
  readonly partitions: readonly Pair[];
  /** Percent of frames lost, each way, by the cable (`wireOf`) that loses them. */
  readonly loss: Readonly<Record<string, number>>;
}

export interface Pair {
  readonly a: Endpoint;
  readonly b: Endpoint;
}

/** A host as the switch knows it. */
export interface Endpoint {
  readonly wire: string;
  readonly address: string;
}

/**
 * Rules for `nft -f` that replace whatever held before, at once. Frames between hosts of one LAN are told apart by their cables
 * (a pod's packet bears the pod's address); what is routed from one LAN to the other, by the addresses of its hosts.
 */
export function renderImpairments({ partitions, loss }: Impairments): string {
  const both = partitions.flatMap(({ a, b }) => [[a, b] as const, [b, a] as const]);
  const losses = Object.entries(loss).filter(([, percent]) => percent > 0);
  const chain = (name: string, hook: string, rules: readonly string[]) =>
    [
      `  chain ${name} {`,
      `    type filter hook ${hook} priority 0;`,
      ...rules.map((rule) => `    ${rule}`),
      '  }',
    ].join('\n');
  const table = (family: string, chains: readonly string[]) =>
    // Deleting what is not there is an error; adding what is there is none.
    [`add table ${family} lab`, `delete table ${family} lab`, `table ${family} lab {`, ...chains, '}'].join('\n');
  const lose = (direction: 'iifname' | 'oifname') =>
    losses.map(([wire, percent]) => `${direction} "${wire}" numgen random mod 100 < ${percent} drop`);
  return [
    table('bridge', [
      chain(
        'switched',
        'forward',
        both.map(([from, to]) => `iifname "${from.wire}" oifname "${to.wire}" drop`),
      ),
      chain('arriving', 'prerouting', lose('iifname')),
      chain('leaving', 'postrouting', lose('oifname')),
    ]),
    table('inet', [
      chain(
        'routed',
        'forward',
        both.map(([from, to]) => `ip saddr ${from.address} ip daddr ${to.address} drop`),
      ),
    ]),
    '',
  ].join('\n');
}
