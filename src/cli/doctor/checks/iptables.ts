import { type Check, type Finding, findings } from '../finding.ts';
import { outputOf, textOf } from '../observe.ts';

export interface IptablesFacts {
  /** `iptables v1.8.9 (nf_tables)`; undefined without the program. */
  readonly version: string | undefined;
  /** What the legacy back end holds, read without making its tables; '' when it has none. */
  readonly legacyRules: string;
  readonly nftRules: string;
}

export function judgeIptables({ version, legacyRules, nftRules }: IptablesFacts): Finding[] {
  const { ok, warning, problem } = findings('iptables');
  if (version === undefined) {
    const fix = { do: 'install', packages: ['iptables'] } as const;
    return [
      problem('iptables is not installed', { means: 'Docker cannot start', mend: 'apt-get install iptables', fix }),
    ];
  }
  const isLegacy = version.includes('legacy');
  const [used, other] = isLegacy ? ['legacy', 'nft'] : ['nft', 'legacy'];
  const [own, foreign] = isLegacy ? [legacyRules, nftRules] : [nftRules, legacyRules];
  const rules = foreign.split('\n').filter((line) => line.startsWith('-A '));
  if (rules.length === 0) return [ok(version.trim())];
  if (foreign.includes(':DOCKER ') && !own.includes(':DOCKER ')) {
    const mend = `update-alternatives --set iptables /usr/sbin/iptables-${other}, or restart Docker to have its rules made in ${used}`;
    const means =
      'rules in one back end cannot let through what the other drops: pods of other nodes would not be reached';
    return [problem(`Docker's rules are in the ${other} back end, but iptables is ${used}`, { means, mend })];
  }
  return [
    warning(`${rules.length} rules are in the ${other} back end, beside those of ${used}`, {
      means: 'both are applied: what one accepts, the other may still drop',
      mend: `see them with iptables-${other}-save; a reboot takes away what nobody writes any more`,
    }),
  ];
}

/** Only ever looks: listing with `iptables-legacy -L` would make the legacy tables, and every later call would warn of them. */
async function observe(): Promise<IptablesFacts> {
  const hasLegacy = (await textOf('/proc/net/ip_tables_names')).trim() !== '';
  return {
    version: await outputOf('iptables', '--version'),
    legacyRules: hasLegacy ? ((await outputOf('iptables-legacy-save')) ?? '') : '',
    nftRules: (await outputOf('iptables-nft-save')) ?? '',
  };
}

export const iptables: Check = { name: 'iptables', run: async () => judgeIptables(await observe()) };
