import { MAPS, MARK, type MapName } from './port-rules.ts';
import type { RuleSet } from './rule-set.ts';
import type { Protocol } from './service-port.ts';

export interface TableSettings {
  /** Of the ip family; `bramble`. */
  readonly table: string;
  readonly clusterCidr: string;
  /** Networks of Services' addresses: the cluster's own first. */
  readonly serviceCidrs: readonly string[];
}

/** A key with a drawn number names the protocol's own port: nft 1.0.6 refuses `th dport` there. */
function endpointMap(name: string, scope: 'address' | 'nodePort', protocol: Protocol): string {
  const address = scope === 'address' ? 'ip daddr . ' : '';
  const port = `${protocol} dport`;
  return `map ${name} { typeof ${address}meta l4proto . ${port} . numgen random mod 65536 : ip daddr . ${port}; }`;
}

/** How the maps and sets are declared. */
const DECLARATIONS: Readonly<Record<MapName, string>> = {
  eps_tcp: endpointMap('eps_tcp', 'address', 'tcp'),
  eps_udp: endpointMap('eps_udp', 'address', 'udp'),
  eps_sctp: endpointMap('eps_sctp', 'address', 'sctp'),
  npeps_tcp: endpointMap('npeps_tcp', 'nodePort', 'tcp'),
  npeps_udp: endpointMap('npeps_udp', 'nodePort', 'udp'),
  npeps_sctp: endpointMap('npeps_sctp', 'nodePort', 'sctp'),
  noep: 'set noep { type ipv4_addr . inet_proto . inet_service; }',
  npnoep: 'set npnoep { type inet_proto . inet_service; }',
  hairpin: 'set hairpin { type ipv4_addr . ipv4_addr; }',
  svc: 'map svc { type ipv4_addr . inet_proto . inet_service : verdict; }',
  lb_all: 'map lb_all { type ipv4_addr . inet_proto . inet_service : verdict; }',
  lb_loc: 'map lb_loc { type ipv4_addr . inet_proto . inet_service : verdict; }',
  np: 'map np { type inet_proto . inet_service : verdict; }',
  np_all: 'map np_all { type inet_proto . inet_service : verdict; }',
  np_loc: 'map np_loc { type inet_proto . inet_service : verdict; }',
};

/** Chains that hang in the kernel. Five before Docker's own, so that a port it publishes never shadows a node port. */
const HOOKS: Readonly<Record<string, string>> = {
  n_prerouting: 'type nat hook prerouting priority dstnat - 5; policy accept;',
  n_output: 'type nat hook output priority -105; policy accept;',
  n_postrouting: 'type nat hook postrouting priority srcnat - 5; policy accept;',
  f_forward: 'type filter hook forward priority filter - 5; policy accept;',
  f_output: 'type filter hook output priority filter - 5; policy accept;',
  f_input: 'type filter hook input priority filter - 5; policy accept;',
};

const ADDRESS_KEY = 'ip daddr . meta l4proto . th dport';
const PORT_KEY = 'meta l4proto . th dport';

/** TCP is refused with a reset: of ICMP refusals the kernel sends six, then one a second. */
function refuse(match: string): string[] {
  return [`${match} meta l4proto tcp reject with tcp reset`, `${match} reject`];
}

/**
 * A look into a map whose elements change may find neither the old one nor the new while a transaction ends; a second look finds the new.
 * Kernels from 6.17 and 6.12.48 look again themselves ("netfilter: nf_tables: restart set lookup on base_seq change").
 */
function twice(rule: string): string[] {
  return [rule, rule];
}

/** The rules that are the same for all Services. Source: measured on kernel 6.18 with nft 1.0.6, Docker 20.10 to 28. */
function fixedChains({ clusterCidr, serviceCidrs }: TableSettings): Readonly<Record<string, readonly string[]>> {
  const local = (all: string, own: string, key: string) => [
    ...twice(`ip saddr ${clusterCidr} ${key} vmap @${all}`),
    `fib saddr type local ${MARK}`,
    ...twice(`fib saddr type local ${key} vmap @${all}`),
    ...twice(`${key} vmap @${own}`),
    'drop',
  ];
  return {
    lbl: local('lb_all', 'lb_loc', ADDRESS_KEY),
    npl: local('np_all', 'np_loc', PORT_KEY),
    services: [...twice(`${ADDRESS_KEY} vmap @svc`), 'fib daddr type local goto nodeports'],
    nodeports: twice(`${PORT_KEY} vmap @np`),
    reject_svc: [
      ...refuse(`${ADDRESS_KEY} @noep`),
      ...refuse(`fib daddr type local ${PORT_KEY} @npnoep`),
      // Unknown ports and addresses of nobody: they would leave for the LAN's router and time out.
      ...serviceCidrs.flatMap((cidr) => refuse(`ip daddr ${cidr} fib daddr type != local`)),
    ],
    n_prerouting: ['jump services'],
    n_output: ['jump services'],
    n_postrouting: [
      'ip saddr . ip daddr @hairpin masquerade fully-random',
      'meta mark & 0x10000 == 0x10000 meta mark set meta mark xor 0x10000 masquerade fully-random',
    ],
    f_forward: ['ct state new jump reject_svc'],
    f_output: ['ct state new jump reject_svc'],
    f_input: [
      // route_localnet, which node ports on 127.0.0.1 need, would open the node's loopback to its neighbours.
      'ip saddr != 127.0.0.0/8 ip daddr 127.0.0.0/8 ct state new ct status & dnat == 0 drop',
      'ct state new jump reject_svc',
    ],
  };
}

/** What a table holds already, by name. */
export interface FoundTable {
  readonly chains: readonly string[];
  readonly sets: readonly string[];
}

/**
 * Transactions of `nft -f -` that make the whole table, whatever was in it. The table is never deleted: that would refuse connections
 * for a moment and forget where clients went. @param found undefined when there is no table
 */
export function renderTable(rules: RuleSet, settings: TableSettings, found: FoundTable | undefined): string[] {
  const chains = new Map([...Object.entries(fixedChains(settings)), ...rules.chains]);
  const staleSets = (found?.sets ?? []).filter((name) => name.startsWith('aff-') && !rules.affinitySets.has(name));
  const staleChains = (found?.chains ?? []).filter((name) => !chains.has(name));
  const newChains = [...rules.chains].filter(([name]) => !found?.chains.includes(name));
  const inTable = (command: string) => `${command} ip ${settings.table}`;
  const declarations = [
    inTable('add table'),
    `table ip ${settings.table} {`,
    ...MAPS.map((name) => ` ${DECLARATIONS[name]}`),
    ...[...rules.affinitySets].map((set) => ` set ${declareAffinity(set)}`),
    ...[...chains.keys()].map((name) => ` chain ${name} { ${HOOKS[name] ?? ''} }`),
    '}',
  ];
  const content = [
    // Nothing refers to anything once all of these are empty.
    ...[...chains.keys(), ...staleChains].map((name) => `${inTable('flush chain')} ${name}`),
    ...MAPS.map((name) => `${inTable(`flush ${kindOf(name)}`)} ${name}`),
    ...staleChains.map((name) => `${inTable('delete chain')} ${name}`),
    ...staleSets.map((name) => `${inTable('delete set')} ${name}`),
    ...renderRules(chains, settings),
    ...MAPS.flatMap((name) => renderElements('add', name, [...rules.elements[name]], settings)),
  ];
  const isInUse = found !== undefined && newChains.length > 0;
  if (!isInUse) return [lines([...declarations, ...content])];
  return [lines([...declarations, ...renderRules(new Map(newChains), settings)]), lines(content)];
}

/**
 * Transactions of `nft -f -` that bring the table from one content to the next; none when nothing differs. New chains come one before
 * the elements that lead to them: a packet that has set out under the rules before finds those chains empty (kernel 6.18).
 */
export function renderChange(before: RuleSet, after: RuleSet, settings: TableSettings): string[] {
  const inTable = (command: string) => `${command} ip ${settings.table}`;
  const newSets = [...after.affinitySets].filter(([name]) => !before.affinitySets.has(name));
  const goneSets = [...before.affinitySets.keys()].filter((name) => !after.affinitySets.has(name));
  const newChains = new Map([...after.chains].filter(([name]) => !before.chains.has(name)));
  const goneChains = [...before.chains.keys()].filter((name) => !after.chains.has(name));
  const edits = MAPS.map((name) => ({ name, ...elementEdits(before.elements[name], after.elements[name]) }));
  const preparation = [
    ...newSets.map((set) => `${inTable('add set')} ${declareAffinity(set)}`),
    ...[...newChains.keys()].map((name) => `${inTable('add chain')} ${name}`),
    ...renderRules(newChains, settings),
  ];
  const change = [
    ...edits.flatMap(({ name, gone }) => renderElements('delete', name, gone, settings)),
    ...edits.flatMap(({ name, come }) => renderElements('add', name, come, settings)),
    ...goneChains.map((name) => `${inTable('flush chain')} ${name}`),
    ...goneChains.map((name) => `${inTable('delete chain')} ${name}`),
    ...goneSets.map((name) => `${inTable('delete set')} ${name}`),
  ];
  return [preparation, change].filter((commands) => commands.length > 0).map(lines);
}

type Element = readonly [key: string, value: string];

/** A value that changes is an element that goes and one that comes: nft refuses the same key with another value. */
function elementEdits(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>) {
  const gone: Element[] = [];
  const come: Element[] = [];
  // Tens of thousands, of which a few differ: no copies.
  for (const [key, value] of before) if (after.get(key) !== value) gone.push([key, '']);
  for (const [key, value] of after) if (before.get(key) !== value) come.push([key, value]);
  return { gone, come };
}

function kindOf(name: MapName): 'map' | 'set' {
  return DECLARATIONS[name].startsWith('map') ? 'map' : 'set';
}

function declareAffinity([name, seconds]: readonly [string, number]): string {
  return `${name} { type ipv4_addr; size 65536; flags dynamic,timeout; timeout ${seconds}s; }`;
}

function renderRules(chains: ReadonlyMap<string, readonly string[]>, { table }: TableSettings): string[] {
  return [...chains].flatMap(([name, rules]) => rules.map((rule) => `add rule ip ${table} ${name} ${rule}`));
}

/** Many elements in one command: one each would make the transaction slow. */
const ELEMENTS_AT_ONCE = 500;

function renderElements(
  command: 'add' | 'delete',
  name: MapName,
  elements: readonly Element[],
  { table }: TableSettings,
): string[] {
  const texts = elements.map(([key, value]) => (value === '' ? key : `${key} : ${value}`));
  const commands: string[] = [];
  for (let at = 0; at < texts.length; at += ELEMENTS_AT_ONCE) {
    commands.push(`${command} element ip ${table} ${name} { ${texts.slice(at, at + ELEMENTS_AT_ONCE).join(', ')} }`);
  }
  return commands;
}

function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}
