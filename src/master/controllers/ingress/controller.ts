import { INGRESS } from '../../../api/kinds/ingress.ts';
import { INGRESS_CLASS } from '../../../api/kinds/ingress-class.ts';
import { NODE } from '../../../api/kinds/node.ts';
import { SECRET } from '../../../api/kinds/secret.ts';
import { SERVICE } from '../../../api/kinds/service.ts';
import { keyOf, keyText, type ObjectKey } from '../../../api/registry.ts';
import type { Ingress, IngressBackend, KubeObject, Node } from '../../../api/types.ts';
import { isOurs } from '../../../lib/ingress/ours.ts';
import { routingTable } from '../../../lib/ingress/routing-table.ts';
import { TlsMaterials } from '../../../lib/ingress/tls-materials.ts';
import type { ControllerParts, Reconciler } from '../controller.ts';
import { ignoring } from '../ignore-errors.ts';
import { type Memory, servingAddresses, tidings, withAddresses } from './plan.ts';

const COMPONENT = 'ingress-controller';

/**
 * Gives the Ingresses of our classes the addresses of the nodes that serve them, and tells in events what of them can't be served.
 * Nodes serve them by themselves.
 */
export function ingressController({ client, cache, events, clock }: ControllerParts): Reconciler {
  const memories = new Map<string, Memory>();
  const ours = () => {
    const classes = cache.list(INGRESS_CLASS);
    return cache.list(INGRESS).filter((ingress) => isOurs(ingress, classes));
  };
  const view = {
    service: (namespace: string, name: string) => cache.get(SERVICE, { namespace, name }),
    secret: (namespace: string, name: string) => cache.get(SECRET, { namespace, name }),
    tls: new TlsMaterials(),
  };
  const naming =
    (namesOf: (ingress: Ingress) => readonly string[]) =>
    ({ metadata: { namespace, name } }: KubeObject): ObjectKey[] =>
      cache
        .list(INGRESS, namespace)
        .filter((ingress) => namesOf(ingress).includes(name))
        .map(keyOf);
  return {
    name: 'ingress-controller',
    watches: [
      { kind: INGRESS },
      { kind: INGRESS_CLASS, keysOf: () => cache.list(INGRESS).map(keyOf) },
      { kind: SERVICE, keysOf: naming(servicesOf) },
      { kind: SECRET, keysOf: naming(secretsOf) },
      {
        kind: NODE,
        keysOf: (node, previous) => (isSameToUs(node as Node, previous as Node) ? [] : ours().map(keyOf)),
      },
    ],
    async reconcile(key) {
      const all = ours();
      const ingress = all.find(({ metadata }) => metadata.namespace === key.namespace && metadata.name === key.name);
      if (!ingress || ingress.metadata.deletionTimestamp) {
        memories.delete(keyText(key));
        return undefined;
      }
      const own = routingTable(all, view).problems.filter((problem) => problem.ingress === keyText(key));
      const told = tidings(ingress, { problems: own, memory: memories.get(keyText(key)) }, clock.now());
      memories.set(keyText(key), told.memory);
      const about = { component: COMPONENT };
      if (told.isSync)
        events.record(ingress, { ...about, type: 'Normal', reason: 'Sync', message: 'Scheduled for sync' });
      for (const { reason, message } of told.warnings)
        events.record(ingress, { ...about, type: 'Warning', reason, message });
      const wanted = withAddresses(ingress, cache.list(NODE));
      if (wanted !== ingress)
        await ignoring(['NotFound', 'Conflict'], client.update(INGRESS, wanted, { subresource: 'status' }));
      return told.againAfterMs;
    },
  };
}

/** Nodes report often, and rarely something that an Ingress shows. A node that goes has no previous one. */
function isSameToUs(node: Node, previous: Node | undefined): boolean {
  return previous !== undefined && servingAddresses([node]).join() === servingAddresses([previous]).join();
}

function servicesOf({ spec }: Ingress): string[] {
  const paths = (spec.rules ?? []).flatMap(({ http }) => http?.paths ?? []).map(({ backend }) => backend);
  const backends: readonly (IngressBackend | undefined)[] = [...paths, spec.defaultBackend];
  return backends.flatMap((backend) => backend?.service?.name ?? []);
}

function secretsOf({ spec }: Ingress): string[] {
  return (spec.tls ?? []).flatMap(({ secretName }) => secretName ?? []);
}
