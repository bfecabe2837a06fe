import { gatewayOf, requireCidr } from './cidr.ts';

/** Marks Service traffic that leaves masqueraded; the Service rules set it. */
const SERVICE_MARK = '0x10000/0x10000';
const VXLAN_PORT = 8472;

export interface RuleSettings {
  /** Begins our chains' names: `BRAMBLE`. At most 16 characters (a chain's name has 28). */
  readonly chainPrefix: string;
  readonly bridge: string;
  /** This node's: `10.42.3.0/24`. */
  readonly podCidr: string;
  /** All nodes': `10.42.0.0/16`. */
  readonly clusterCidr: string;
  /** Where the agent's DNS listens on the bridge. */
  readonly dnsPort: number;
  /** Addresses of nodes whose pods are reached through VXLAN. */
  readonly vxlanPeers: readonly string[];
}

/** What follows the prefix in our chains' names. */
const CHAINS = ['FORWARD', 'INPUT', 'POSTROUTING', 'PREROUTING'] as const;

const TABLES = ['filter', 'nat', 'raw'] as const;

export type IptablesTable = (typeof TABLES)[number];

/** One of our chains, whole: its rules as iptables-save prints them, so that a comparison of text is enough. */
interface OwnChain {
  readonly table: IptablesTable;
  readonly name: string;
  /** The chains that may jump to it, the built-in one last: the first that packets come to is used. */
  readonly hooks: readonly string[];
  readonly rules: readonly string[];
}

export type RuleAction =
  /** Input for `iptables-restore --noflush`: atomic per table. */
  | { readonly do: 'restore'; readonly text: string }
  /** Arguments of iptables. */
  | { readonly do: 'iptables'; readonly args: readonly string[] };

/**
 * The iptables rules that Docker's firewall needs beside it (an accept in nftables never overrides its FORWARD DROP).
 * Source: measured on Docker 20.10, 26 and 28.
 */
function ownChains(settings: RuleSettings, found: ReadonlyMap<string, SavedChain>): OwnChain[] {
  const { chainPrefix, bridge, podCidr, clusterCidr, dnsPort, vxlanPeers } = settings;
  const gateway = gatewayOf(requireCidr(podCidr));
  const dns = (protocol: string) =>
    `-d ${gateway}/32 -i ${bridge} -p ${protocol} -m ${protocol} --dport ${dnsPort} -j ACCEPT`;
  return [
    {
      table: 'filter',
      name: `${chainPrefix}-FORWARD`,
      // DOCKER-USER is never made by us: Docker would leave its jump behind its own rules.
      hooks: ['DOCKER-USER', 'FORWARD'],
      rules: [
        `-s ${clusterCidr} -j ACCEPT`,
        `-d ${clusterCidr} -j ACCEPT`,
        // Service traffic to host-network endpoints and its replies bear no pod address.
        `-m mark --mark ${SERVICE_MARK} -j ACCEPT`,
        '-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
      ],
    },
    {
      table: 'filter',
      name: `${chainPrefix}-INPUT`,
      hooks: ['INPUT'],
      rules: [
        // ufw and any other INPUT policy DROP would cut pods' DNS.
        dns('udp'),
        dns('tcp'),
        ...vxlanPeers.map((peer) => `-s ${peer}/32 -p udp -m udp --dport ${VXLAN_PORT} -j ACCEPT`),
      ],
    },
    {
      table: 'nat',
      name: `${chainPrefix}-POSTROUTING`,
      hooks: ['POSTROUTING'],
      rules: [
        '-d 224.0.0.0/4 -j RETURN',
        // Docker's own masquerade is off: it would hide pods from each other's nodes. Outside they are the node.
        `-s ${podCidr} ! -d ${clusterCidr} ! -o ${bridge} -j MASQUERADE --random-fully`,
      ],
    },
    ...(isGuardedByDocker(bridge, found)
      ? [
          {
            table: 'raw' as const,
            name: `${chainPrefix}-PREROUTING`,
            hooks: ['PREROUTING'],
            rules: [`-d ${podCidr} -j ACCEPT`],
          },
        ]
      : []),
  ];
}

/**
 * Does Docker drop what others send to pods before any other table sees it? From 28 on it does, for each container of a
 * network that was made by an earlier version, and so without `gateway_mode_ipv4=nat-unprotected`.
 */
function isGuardedByDocker(bridge: string, found: ReadonlyMap<string, SavedChain>): boolean {
  const rules = found.get('raw PREROUTING')?.rules ?? [];
  return rules.some((rule) => rule.endsWith(`! -i ${bridge} -j DROP`));
}

/**
 * What makes the firewall right again, in order; empty when it is.
 * @param saved output of iptables-save, all tables
 */
export function planRules(saved: string, settings: RuleSettings): RuleAction[] {
  const found = parseSaved(saved);
  const chains = ownChains(settings, found);
  const tables = TABLES.filter((table) => chains.some((chain) => chain.table === table && !isWhole(chain, found)));
  const restore = tables.map((table) => renderTable(table, chains));
  return [
    ...(restore.length > 0 ? [{ do: 'restore', text: restore.join('') } as const] : []),
    ...chains.flatMap((chain) => planHooks(chain, found)),
  ];
}

/** What takes every rule and chain of ours away. */
export function planRemoval(saved: string, chainPrefix: string): RuleAction[] {
  const found = parseSaved(saved);
  // Whole names: the prefix of another node on this machine may begin with ours.
  const names = CHAINS.map((chain) => `${chainPrefix}-${chain}`);
  const isOurs = (name: string) => names.includes(name);
  const ours = [...found.values()].filter(({ name }) => isOurs(name));
  const jumps = [...found.values()].flatMap(({ table, name, rules }) =>
    rules.filter((rule) => isOurs(jumpTarget(rule)) && !isOurs(name)).map((rule) => deleteRule(table, name, rule)),
  );
  // Emptied first: our chains may jump to each other.
  const each = (flag: string) =>
    ours.map(({ table, name }) => ({ do: 'iptables', args: ['-t', table, flag, name] }) as const);
  return [...jumps, ...each('-F'), ...each('-X')];
}

/** The cluster's range that our rules are about, as they were written; '' when there are none. */
export function clusterCidrIn(saved: string, chainPrefix: string): string {
  const rules = parseSaved(saved).get(`filter ${chainPrefix}-FORWARD`)?.rules ?? [];
  return /^-s (\S+) -j ACCEPT$/.exec(rules[0] ?? '')?.[1] ?? '';
}

interface SavedChain {
  readonly table: string;
  readonly name: string;
  readonly rules: string[];
}

/** Chains by `table name`. */
function parseSaved(saved: string): Map<string, SavedChain> {
  const chains = new Map<string, SavedChain>();
  let table = '';
  for (const line of saved.split('\n')) {
    if (line.startsWith('*')) table = line.slice(1).trim();
    const declared = /^:(\S+)/.exec(line)?.[1];
    if (declared !== undefined) chains.set(`${table} ${declared}`, { table, name: declared, rules: [] });
    const [, name, rule] = /^-A (\S+) (.*)$/.exec(line) ?? [];
    if (name !== undefined && rule !== undefined) chains.get(`${table} ${name}`)?.rules.push(rule.trim());
  }
  return chains;
}

function isWhole({ table, name, rules }: OwnChain, found: ReadonlyMap<string, SavedChain>): boolean {
  const there = found.get(`${table} ${name}`)?.rules;
  return there !== undefined && there.length === rules.length && rules.every((rule, i) => rule === there[i]);
}

/** Declaring a chain empties it; `--noflush` leaves all that is not named alone. */
function renderTable(table: IptablesTable, chains: readonly OwnChain[]): string {
  const own = chains.filter((chain) => chain.table === table);
  return [
    `*${table}`,
    ...own.map(({ name }) => `:${name} - [0:0]`),
    ...own.flatMap(({ name, rules }) => rules.map((rule) => `-A ${name} ${rule}`)),
    'COMMIT',
    '',
  ].join('\n');
}

/** One jump, in the first hook that exists; those in the others go (Docker has come or gone since). */
function planHooks({ table, name, hooks }: OwnChain, found: ReadonlyMap<string, SavedChain>): RuleAction[] {
  const jump = `-j ${name}`;
  // A built-in chain that was never used is not in the output, and there all the same.
  const builtIn = hooks.at(-1) ?? '';
  // Docker's own chain counts only where it is come to: `iptables -F` takes Docker's jump away, and leaves the DROP policy.
  const isReached = (hook: string) => found.get(`${table} ${builtIn}`)?.rules.includes(`-j ${hook}`);
  const chosen = hooks.find((hook) => hook === builtIn || isReached(hook)) ?? builtIn;
  return hooks.flatMap((hook): RuleAction[] => {
    const rules = found.get(`${table} ${hook}`)?.rules ?? [];
    const at = rules.indexOf(jump);
    if (hook !== chosen) return at < 0 ? [] : [deleteRule(table, hook, jump)];
    const end = rules.findIndex((rule) => rule === '-j RETURN' || (table === 'raw' && rule.endsWith(' -j DROP')));
    if (at >= 0 && (end < 0 || at < end)) return [];
    const insert = { do: 'iptables', args: ['-t', table, '-I', hook, '1', '-j', name] } as const;
    return at < 0 ? [insert] : [deleteRule(table, hook, jump), insert];
  });
}

function deleteRule(table: string, chain: string, rule: string): RuleAction {
  return { do: 'iptables', args: ['-t', table, '-D', chain, ...rule.split(' ')] };
}

function jumpTarget(rule: string): string {
  return /(?:^| )-[jg] (\S+)/.exec(rule)?.[1] ?? '';
}
