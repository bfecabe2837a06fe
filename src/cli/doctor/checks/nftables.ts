import { runCommand } from '../../up/run-command.ts';
import { type Check, type Finding, findings } from '../finding.ts';
import { outputOf } from '../observe.ts';

export interface NftablesFacts {
  readonly version: string | undefined;
  /** Why the kernel refuses what Services need; '' when it takes it. */
  readonly refusal: string;
}

export function judgeNftables({ version, refusal }: NftablesFacts): Finding[] {
  const { ok, problem } = findings('nftables');
  if (version === undefined) {
    const fix = { do: 'install', packages: ['nftables'] } as const;
    return [
      problem('nft is not installed', { means: 'Services cannot be routed', mend: 'apt-get install nftables', fix }),
    ];
  }
  if (refusal === '') return [ok(version.trim())];
  const mend =
    'run this as root; on a kernel of your own enable NF_TABLES with NAT, masquerade, fib, numgen and reject';
  return [
    problem(`the kernel refuses rules that Services need: ${refusal}`, { means: 'Services cannot be routed', mend }),
  ];
}

/** What the rules of Services are made of; checked (`-c`), never applied. */
const PROBE = `table ip bramble-doctor {
 map eps { typeof ip daddr . meta l4proto . tcp dport . numgen random mod 65536 : ip daddr . tcp dport; }
 chain nat { type nat hook prerouting priority dstnat; dnat ip to ip daddr . meta l4proto . th dport . numgen random mod 3 map @eps; }
 chain post { type nat hook postrouting priority srcnat; masquerade fully-random; }
 chain filter { type filter hook forward priority filter; fib daddr type local meta l4proto tcp reject with tcp reset; }
}
`;

async function observe(): Promise<NftablesFacts> {
  const version = await outputOf('nft', '--version');
  if (version === undefined) return { version, refusal: '' };
  const env = { PATH: `${process.env.PATH ?? ''}:/usr/sbin` };
  const refusal = await runCommand('nft', ['-c', '-f', '-'], { input: PROBE, env, timeoutMs: 10_000 }).then(
    () => '',
    (error: Error) => error.message.split('\n').slice(1).join(' ').trim().slice(0, 200),
  );
  return { version, refusal };
}

export const nftables: Check = { name: 'nftables', run: async () => judgeNftables(await observe()) };
