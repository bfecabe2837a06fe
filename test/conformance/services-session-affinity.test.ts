import type { Service } from '../../src/api/types.ts';
import { conformance } from './lib/conformance.ts';
import type { Context } from './lib/context.ts';
import { ServiceServers } from './lib/service-servers.ts';

const PODS = ['pod1', 'pod2', 'pod3'];

/** Three servers behind a Service that keeps a client with one of them. @returns how to ask for who answers */
async function affinity(context: Context, type: 'ClusterIP' | 'NodePort') {
  const servers = new ServiceServers(context);
  const ports = [{ port: 80, targetPort: 8080 }];
  const { spec } = await servers.create('sticky', { type, sessionAffinity: 'ClientIP', ports });
  for (const name of PODS) await servers.server(name, 'sticky', ['tcp:8080']);
  await servers.asker();
  await servers.endpoints('sticky', Object.fromEntries(PODS.map((name) => [name, [8080]])));
  const [address = '', port] = await whereTo(servers, spec, type);
  return { servers, who: () => servers.who(address, port) };
}

async function whereTo(servers: ServiceServers, { clusterIP = '', ports }: Service['spec'], type: string) {
  if (type === 'ClusterIP') return [clusterIP, 80] as const;
  return [(await servers.nodeAddresses())[0], ports?.[0]?.nodePort ?? 0] as const;
}

async function keeps(context: Context, type: 'ClusterIP' | 'NodePort'): Promise<void> {
  const { servers, who } = await affinity(context, type);
  await servers.sticks(who);
}

async function switches(context: Context, type: 'ClusterIP' | 'NodePort'): Promise<void> {
  const { servers, who } = await affinity(context, type);
  await servers.sticks(who);
  await servers.change('sticky', { sessionAffinity: 'None', sessionAffinityConfig: null });
  await servers.answering(PODS, who);
  await servers.change('sticky', { sessionAffinity: 'ClientIP' });
  await servers.sticks(who);
}

const named = (what: string) => `[sig-network] Services should ${what} [LinuxOnly] [Conformance]`;

conformance(named('have session affinity work for service with type clusterIP'), (context) =>
  keeps(context, 'ClusterIP'),
);
conformance(named('have session affinity work for NodePort service'), (context) => keeps(context, 'NodePort'));
conformance(named('be able to switch session affinity for service with type clusterIP'), (context) =>
  switches(context, 'ClusterIP'),
);
conformance(named('be able to switch session affinity for NodePort service'), (context) =>
  switches(context, 'NodePort'),
);
