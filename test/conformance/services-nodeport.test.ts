import { conformance } from './lib/conformance.ts';
import { ServiceServers } from './lib/service-servers.ts';

conformance(
  '[sig-network] Services should be able to create a functioning NodePort service [Conformance]',
  async (context) => {
    const servers = new ServiceServers(context);
    const { spec } = await servers.create('node-port', { type: 'NodePort', ports: [{ port: 80, targetPort: 8080 }] });
    for (const name of ['pod1', 'pod2']) await servers.server(name, 'node-port', ['tcp:8080']);
    await servers.asker();
    const both = ['pod1', 'pod2'];
    await servers.answering(both, () => servers.who('node-port', 80));
    await servers.answering(both, () => servers.who(spec.clusterIP ?? '', 80));
    for (const address of await servers.nodeAddresses())
      await servers.answering(both, () => servers.who(address, spec.ports?.[0]?.nodePort ?? 0));
  },
);
