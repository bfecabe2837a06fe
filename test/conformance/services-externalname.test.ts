import assert from 'node:assert/strict';
import { conformance } from './lib/conformance.ts';
import type { Context } from './lib/context.ts';
import { ServiceServers } from './lib/service-servers.ts';

const PORTS = [{ port: 80, targetPort: 8080 }];
const named = (from: string, to: string) =>
  `[sig-network] Services should be able to change the type from ${from} to ${to} [Conformance]`;

/** A Service `turned` that answers by a pod becomes another name for the Service `target`. */
async function toExternalName(context: Context, type: 'ClusterIP' | 'NodePort'): Promise<void> {
  const servers = new ServiceServers(context);
  await servers.create('turned', { type, ports: PORTS });
  await servers.create('target', { ports: PORTS });
  for (const name of ['turned', 'target']) await servers.server(`pod-${name}`, name, ['tcp:8080']);
  await servers.asker();
  await servers.answering(['pod-turned'], () => servers.who('turned', 80));
  const externalName = `target.${context.namespace}.svc.cluster.local`;
  const { spec } = await servers.change('turned', { type: 'ExternalName', externalName, selector: null });
  assert.equal(spec.clusterIP || undefined, undefined);
  assert.equal(spec.ports?.[0]?.nodePort, undefined);
  // Names are remembered for some seconds, so it may take a while.
  await context.eventually(async () => assert.equal(await servers.who('turned', 80), 'pod-target'));
}

async function fromExternalName(context: Context, type: 'ClusterIP' | 'NodePort'): Promise<void> {
  const servers = new ServiceServers(context);
  await servers.services.create({
    metadata: { name: 'turned' },
    spec: { type: 'ExternalName', externalName: 'example.com' },
  });
  await servers.server('pod1', 'turned', ['tcp:8080']);
  await servers.asker();
  const change = { type, externalName: null, selector: { app: 'turned' }, ports: PORTS };
  const { spec } = await servers.change('turned', change);
  assert.ok(spec.clusterIP);
  await servers.answering(['pod1'], () => servers.who('turned', 80));
  if (type === 'ClusterIP') return;
  for (const address of await servers.nodeAddresses())
    await servers.answering(['pod1'], () => servers.who(address, spec.ports?.[0]?.nodePort ?? 0));
}

for (const type of ['ClusterIP', 'NodePort'] as const) {
  conformance(named('ExternalName', type), (context) => fromExternalName(context, type));
  conformance(named(type, 'ExternalName'), (context) => toExternalName(context, type));
}
