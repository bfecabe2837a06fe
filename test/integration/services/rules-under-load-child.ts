/**
 * Started in a network of its own: changes the endpoints of a Service to and fro for as many seconds as its argument says, while
 * connections are opened to its cluster IP and its node port. Prints what came of them, as JSON.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { renderChange, renderTable } from '../../../src/agent/services/render.ts';
import { type RuleSet, ruleSetOf } from '../../../src/agent/services/rule-set.ts';
import { aServicePort } from '../../../src/agent/services/test-ports.ts';

const SETTINGS = { table: 'bramble', clusterCidr: '10.42.0.0/16', serviceCidrs: ['10.43.0.0/16'] };
const NODE = '198.18.9.1';
const CLUSTER_IP = '10.43.0.100';
const PORT = 8080;
const NODE_PORT = 30080;
/** As in a rollout: their number grows and shrinks, and who stays moves up. */
const TURNS = [
  [1, 2, 3, 4],
  [2, 3, 4],
  [2, 3, 4, 5],
  [3, 4, 5],
];
/** Connections at a time to each of the two addresses. */
const AT_ONCE = 2;
/** Each is a line of one `nft -i`: a process for each would be ten times slower. */
const PACE_MS = 4;
/** Every so many changes the whole table is made anew, as by an agent that is started again. */
const AGENT_STARTS_EVERY = 10;

export interface UnderLoad {
  readonly transactions: number;
  readonly connected: number;
  /** Errors by code. */
  readonly failed: Readonly<Record<string, number>>;
}

function rulesFor(endpoints: readonly number[]): RuleSet {
  const targets = endpoints.map((n) => ({ ip: `10.42.9.${n}`, port: PORT, isLocal: true }));
  const port = aServicePort({ clusterIps: [CLUSTER_IP], nodePort: NODE_PORT, targets });
  // Nothing kept: each change makes chains and takes others away.
  return ruleSetOf([port], SETTINGS.clusterCidr);
}

function furnish(): void {
  const endpoints = [...new Set(TURNS.flat())].map((n) => `ip addr add 10.42.9.${n}/32 dev lo`);
  const all = ['ip link set lo up', `ip addr add ${NODE}/32 dev lo`, 'ip route add 10.43.0.0/16 dev lo', ...endpoints];
  // As on nodes: a port that is used again must not meet what is left of the connection before.
  execFileSync('sh', ['-ec', [...all, 'sysctl -qw net.netfilter.nf_conntrack_tcp_timeout_close=1'].join('\n')]);
}

async function changeRules(rules: readonly RuleSet[], end: number): Promise<number> {
  const nft = spawn('nft', ['-i'], { stdio: ['pipe', 'ignore', 'inherit'] });
  let count = 0;
  for (let turn = 0; Date.now() < end; turn++) {
    for (const transaction of transactionsOf(rules, turn)) {
      const line = transaction.trim().replaceAll('{\n', '{ ').replaceAll('\n', '; ');
      if (!nft.stdin.write(`${line}\n`)) await once(nft.stdin, 'drain');
      count++;
      await sleep(PACE_MS);
    }
  }
  nft.stdin.end();
  await once(nft, 'close');
  return count;
}

function transactionsOf(rules: readonly RuleSet[], turn: number): string[] {
  const [before, after] = [turn, turn + 1].map((at) => rules[at % rules.length]);
  if (!before || !after) return [];
  if (turn % AGENT_STARTS_EVERY > 0) return renderChange(before, after, SETTINGS);
  return renderTable(after, SETTINGS, { chains: [...before.chains.keys()], sets: [] });
}

/** @returns the code of what went wrong; undefined when it was connected */
function attempt(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const over = (code?: string) => {
      socket.resetAndDestroy();
      resolve(code);
    };
    socket.once('connect', () => over());
    socket.once('error', (error: NodeJS.ErrnoException) => over(error.code));
  });
}

async function main(seconds: number): Promise<UnderLoad> {
  furnish();
  const rules = TURNS.map(rulesFor);
  const [first] = rules;
  for (const input of first ? renderTable(first, SETTINGS, undefined) : []) execFileSync('nft', ['-f', '-'], { input });
  const server = createServer((socket) => socket.on('error', () => {})).listen(PORT, '0.0.0.0');
  await once(server, 'listening');
  const end = Date.now() + seconds * 1_000;
  let connected = 0;
  const failed: Record<string, number> = {};
  const client = async (host: string, port: number) => {
    while (Date.now() < end) {
      const code = await attempt(host, port);
      if (code === undefined) connected++;
      else failed[code] = (failed[code] ?? 0) + 1;
    }
  };
  const clients = Array.from({ length: AT_ONCE }, () => [client(CLUSTER_IP, 80), client(NODE, NODE_PORT)]).flat();
  const transactions = await changeRules(rules, end);
  await Promise.all(clients);
  server.close();
  return { transactions, connected, failed };
}

console.log(JSON.stringify(await main(Number(process.argv[2]))));
