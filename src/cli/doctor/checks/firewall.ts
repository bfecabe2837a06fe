import { type Check, type Finding, findings, type Purpose } from '../finding.ts';
import { outputOf, textOf } from '../observe.ts';

export interface FirewallFacts {
  readonly role: Purpose['role'];
  readonly isUfwOn: boolean;
  readonly isFirewalldOn: boolean;
  /** `nft list chains`; '' without nft. */
  readonly chains: string;
}

/** Tables of iptables, which Docker and Bramble know, and Bramble's own. */
const KNOWN_TABLE = /^(filter|nat|raw|mangle|security|bramble.*|docker.*)$/;

/** `inet filter` and kin, whose forward chain drops what it does not know. */
export function foreignDrops(chains: string): string[] {
  const found: string[] = [];
  let table = '';
  for (const line of chains.split('\n')) {
    table = /^table (\S+ \S+) \{/.exec(line)?.[1] ?? table;
    const [family = '', name = ''] = table.split(' ');
    const isKnown = family === 'ip' && KNOWN_TABLE.test(name);
    if (/hook forward .*policy drop/.test(line) && !isKnown && family !== 'ip6') found.push(table);
  }
  return found;
}

export function judgeFirewall({ role, isUfwOn, isFirewalldOn, chains }: FirewallFacts): Finding[] {
  const { ok, warning, problem } = findings('firewall');
  const found: Finding[] = [];
  if (isUfwOn && role === 'master') {
    const means = 'agents and kubectl on other machines reach the master only when its ports are open';
    found.push(warning('ufw is on', { means, mend: 'ufw allow 6443/tcp && ufw allow 6444/tcp' }));
  }
  if (isFirewalldOn) {
    const means = "it drops what pods and Services send, and empties others' rules when it reloads";
    found.push(warning('firewalld is on', { means, mend: 'systemctl disable --now firewalld' }));
  }
  for (const table of foreignDrops(chains)) {
    const means = 'an accept elsewhere never overrides its drop: pods could not reach other nodes';
    const mend = `let pods through in it: nft insert rule ${table} forward ip saddr 10.42.0.0/16 accept (and ip daddr)`;
    found.push(problem(`nftables table "${table}" drops what is forwarded`, { means, mend }));
  }
  return found.length > 0
    ? found
    : [ok(isUfwOn ? 'ufw is on; an agent needs no open port' : 'none but Docker and Bramble')];
}

export const firewall: Check = {
  name: 'firewall',
  run: async ({ role }) =>
    judgeFirewall({
      role,
      isUfwOn: /^ENABLED=yes/m.test(await textOf('/etc/ufw/ufw.conf')),
      isFirewalldOn: (await outputOf('firewall-cmd', '--state'))?.trim() === 'running',
      chains: (await outputOf('nft', 'list', 'chains')) ?? '',
    }),
};
