import type { Column } from '../../registry.ts';
import type { Ingress } from '../../types.ts';
import { AGE, NAME } from '../columns.ts';
import { text } from '../workload/columns.ts';

const MAX_HOSTS = 3;

export const INGRESS_COLUMNS: readonly Column<Ingress>[] = [
  NAME,
  text('Class', 'The class that says who serves it.', ({ spec }) => spec.ingressClassName ?? '<none>'),
  text('Hosts', 'Names that it answers to.', hostsText),
  text('Address', 'Where it is reached.', addressText),
  text('Ports', 'Ports that it is reached at.', ({ spec }) => (spec.tls?.length ? '80, 443' : '80')),
  AGE,
];

/** Three hosts, and how many rules more there are; a rule without a host is for all. */
function hostsText({ spec }: Ingress): string {
  const rules = spec.rules ?? [];
  const hosts = rules.flatMap(({ host }, index) => (host ? [{ host, index }] : []));
  if (hosts.length === 0) return '*';
  const shown = hosts
    .slice(0, MAX_HOSTS)
    .map(({ host }) => host)
    .join(',');
  const last = hosts[MAX_HOSTS - 1];
  return last && last.index < rules.length - 1 ? `${shown} + ${rules.length - MAX_HOSTS} more...` : shown;
}

function addressText({ status }: Ingress): string {
  const given = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '');
  return [...new Set(given.filter((address) => address !== ''))].sort().join(',');
}
