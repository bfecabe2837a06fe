import { access, readFile, writeFile } from 'node:fs/promises';
import { run } from './command.ts';
import { isDefault, parseProcRoutes } from './proc-route.ts';

/** What pods need of the kernel: routing, and frames between pods of one bridge passing the Service rules. */
const SYSCTLS: readonly (readonly [name: string, value: string])[] = [
  ['net/ipv4/ip_forward', '1'],
  ['net/bridge/bridge-nf-call-iptables', '1'],
  // Node ports on 127.0.0.1; the Service rules keep neighbours out of it.
  ['net/ipv4/conf/all/route_localnet', '1'],
  // A connection that its pod reset is remembered that long (10 s else), and a client that takes the same port anew is led to that
  // pod meanwhile, gone or not. The kernel forgets at once what the client ended.
  ['net/netfilter/nf_conntrack_tcp_timeout_close', '1'],
];
/** Nothing else loads br_netfilter on Docker 28. */
const MODULES = ['br_netfilter', 'vxlan', 'nf_tables', 'nf_conntrack'];

/** Loads modules and sets sysctls as far as it may. @returns one sentence per thing that stays wrong */
export async function applyNodeSettings(): Promise<string[]> {
  if (!(await exists('/proc/sys/net/bridge')))
    // Built into some kernels, absent in containers: the sysctls below say whether it mattered.
    await run('modprobe', ['-a', ...MODULES]).catch(() => undefined);
  const problems = await Promise.all(SYSCTLS.map(([name, value]) => setSysctl(name, value)));
  return problems.filter((problem) => problem !== undefined);
}

async function setSysctl(name: string, value: string): Promise<string | undefined> {
  const path = `/proc/sys/${name}`;
  try {
    if ((await readFile(path, 'utf8')).trim() !== value) await writeFile(path, value);
    return undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `cannot set ${name.replaceAll('/', '.')}=${value}: ${reason}`;
  }
}

const FALLBACK_MTU = 1500;

/** MTU of the link that leads out: pods may not send larger frames than it takes. */
export async function hostMtu(): Promise<number> {
  const link = defaultRouteLink(await readFile('/proc/net/route', 'utf8'));
  if (link === undefined) return FALLBACK_MTU;
  return Number(await readFile(`/sys/class/net/${link}/mtu`, 'utf8'));
}

/** The link of the default route with the least metric. @param table text of /proc/net/route */
export function defaultRouteLink(table: string): string | undefined {
  const [first] = parseProcRoutes(table)
    .filter(isDefault)
    .sort((a, b) => a.metric - b.metric);
  return first?.link;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
