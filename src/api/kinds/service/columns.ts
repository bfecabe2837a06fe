import type { Column } from '../../registry.ts';
import type { Service } from '../../types.ts';
import { AGE, NAME } from '../columns.ts';

export const SERVICE_COLUMNS: readonly Column<Service>[] = [
  NAME,
  text('Type', 0, 'How the Service is reached.', ({ spec }) => spec.type ?? ''),
  text('Cluster-IP', 0, 'Address inside of the cluster.', ({ spec }) => spec.clusterIPs?.[0] ?? '<none>'),
  text('External-IP', 0, 'Address outside of the cluster.', externalIpText),
  text('Port(s)', 0, 'Ports, and those of the nodes behind a colon.', portsText),
  AGE,
  text('Selector', 1, 'Labels of the pods behind it.', selectorText),
];

function text(name: string, priority: 0 | 1, description: string, cell: (service: Service) => string): Column<Service> {
  return { name, type: 'string', description, priority, cell };
}

function externalIpText({ spec, status }: Service): string {
  const fixed = spec.externalIPs ?? [];
  switch (spec.type) {
    case 'ExternalName':
      return spec.externalName ?? '';
    case 'LoadBalancer': {
      const given = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '');
      const all = [...[...new Set(given.filter((address) => address !== ''))].sort(), ...fixed];
      return all.join(',') || '<pending>';
    }
    default:
      return fixed.join(',') || '<none>';
  }
}

function portsText({ spec }: Service): string {
  const ports = (spec.ports ?? []).map(({ port, nodePort, protocol }) =>
    nodePort ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`,
  );
  return ports.join(',') || '<none>';
}

function selectorText({ spec }: Service): string {
  const pairs = Object.entries(spec.selector ?? {}).map(([key, value]) => `${key}=${value}`);
  return pairs.sort().join(',') || '<none>';
}
