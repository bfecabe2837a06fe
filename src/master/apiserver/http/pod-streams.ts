import { badRequest } from '../../../api/meta/errors.ts';
import type { KubeObject, Pod } from '../../../api/types.ts';
import type { ConnectHandlers } from '../connect.ts';
import type { UpgradeExchange } from './handler.ts';
import { methodNotAllowed, type ResourceExchange, setWarnings } from './resource-exchange.ts';

const UPGRADES = ['exec', 'attach', 'portforward'];

/** Serves `pods/x/log`; tells those who want a stream without asking for an upgrade what is missing. */
export async function connectPod(connect: ConnectHandlers, x: ResourceExchange, object: KubeObject): Promise<boolean> {
  const { subresource, verb, query } = x.info;
  if (UPGRADES.includes(subresource)) throw badRequest('Upgrade request required');
  if (subresource !== 'log') return false;
  if (verb !== 'get') throw methodNotAllowed();
  setWarnings(x);
  const { request, response, signal, user } = x;
  await connect.log({ pod: object as Pod, query, request, response, signal, user });
  return true;
}

/** Hands an upgrade to the stream it asks for. */
export async function upgradePod(connect: ConnectHandlers, x: UpgradeExchange, object: KubeObject): Promise<boolean> {
  const { request, socket, head, signal, user, info } = x;
  const context = { pod: object as Pod, query: info.query, request, socket, head, signal, user };
  switch (info.subresource) {
    case 'log':
      await connect.logSocket(context);
      return true;
    case 'exec':
      await connect.exec(context);
      return true;
    case 'attach':
      await connect.attach(context);
      return true;
    case 'portforward':
      await connect.portForward(context);
      return true;
    default:
      return false;
  }
}
