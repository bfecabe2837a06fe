import type { Host } from '../../lab/host.ts';

/** Everything outside our own files that a node could leave behind, in the words of who keeps it. */
const TRACES: readonly (readonly [string, ...string[]])[] = [
  ['sh', '-c', "iptables-save | grep -e '^-A' -e '^:BRAMBLE' || true"],
  ['nft', 'list', 'tables'],
  ['sh', '-c', 'ip -o link | cut -d: -f2; ip route; ip rule'],
  ['sh', '-c', 'docker ps -aq; docker network ls --format "{{.Name}}"; docker volume ls -q; docker images -q'],
  ['sh', '-c', 'find /etc/bramble /etc/docker /etc/systemd/system/bramble* /run/bramble 2>/dev/null || true'],
];

/** All of them, to be compared before and after. */
export async function tracesOf(host: Host): Promise<string> {
  const seen: string[] = [];
  for (const [program, ...args] of TRACES) seen.push(await host.run(program, args));
  const ofDocker = JSON.parse(await host.run('cat', ['/etc/docker/daemon.json'])) as object;
  // What is not said there is Docker's default.
  const settings = Object.entries({ 'live-restore': false, ...ofDocker }).sort();
  return [...seen, JSON.stringify(settings)].join('\n--\n');
}
