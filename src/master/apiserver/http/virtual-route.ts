import { badRequest } from '../../../api/meta/errors.ts';
import type { KindDefinition } from '../../../api/registry.ts';
import type { KubeObject, Pod } from '../../../api/types.ts';
import { answerReview } from '../auth/reviews.ts';
import { bindPod } from '../verbs/bind.ts';
import { evict } from '../verbs/evict.ts';
import type { VirtualResource } from '../virtual-resources.ts';
import type { Exchange } from './handler.ts';
import { negotiate } from './negotiate.ts';
import { deleteOptionsOf, readObject, readWriteOptions } from './request-body.ts';
import {
  methodNotAllowed,
  podKind,
  type ResourceExchange,
  type ResourceRouteOptions,
  setWarnings,
} from './resource-exchange.ts';
import { sendObject } from './respond.ts';

const BINDING = { group: '', version: 'v1', kind: 'Binding' };
const EVICTION = { group: 'policy', version: 'v1', kind: 'Eviction' };

interface BindingShape extends KubeObject {
  readonly target?: { readonly name?: string };
}

interface EvictionShape extends KubeObject {
  readonly deleteOptions?: Readonly<Record<string, unknown>>;
}

/** POST of what is answered and never stored: reviews and /bindings. */
export async function createVirtual(
  options: ResourceRouteOptions,
  x: Exchange,
  resource: VirtualResource,
): Promise<boolean> {
  if (x.info.verb !== 'create' || x.info.name) throw methodNotAllowed();
  if (resource.kind === 'Binding')
    return postBinding(options, { ...x, kind: podKind(options.kinds), key: { namespace: x.info.namespace, name: '' } });
  const { fieldValidation } = readWriteOptions(x);
  const review = await readObject({ ...x, kind: resource }, fieldValidation);
  const answered = await answerReview(review, x.user, options.authorizer);
  return send(x, answered);
}

/** POST pods/x/binding, or /bindings with the pod's name in the body. */
export async function postBinding({ engine }: ResourceRouteOptions, x: ResourceExchange): Promise<boolean> {
  const write = readWriteOptions(x);
  const binding: BindingShape = await readObject({ ...x, kind: BINDING }, write.fieldValidation);
  const { metadata, target } = binding;
  const name = x.key.name || metadata?.name;
  if (!name) throw badRequest('metadata.name: Required value');
  if (metadata?.name && metadata.name !== name) {
    throw badRequest(`the name in the binding object (${metadata.name}) does not match the name on the URL (${name})`);
  }
  await bindPod(engine, x.kind as KindDefinition<Pod>, {
    ...write,
    pod: { namespace: x.key.namespace, name },
    uid: metadata?.uid ?? '',
    nodeName: target?.name ?? '',
    annotations: metadata?.annotations ?? {},
  });
  return send(x, success());
}

/** POST pods/x/eviction: a deletion with the options that ride in it, if the pod's disruption budget allows one. */
export async function evictPod({ engine }: ResourceRouteOptions, x: ResourceExchange): Promise<boolean> {
  const write = readWriteOptions(x);
  const eviction: EvictionShape = await readObject({ ...x, kind: EVICTION }, write.fieldValidation, fromV1beta1);
  if (eviction.metadata?.name !== x.key.name) throw badRequest('name in URL does not match name in Eviction object');
  const { options, dryRun } = deleteOptionsOf(eviction.deleteOptions ?? {}, x.info.query);
  const request = { ...write, dryRun: write.dryRun || dryRun, pod: x.key, options };
  await evict(engine, x.kind as KindDefinition<Pod>, request);
  return send(x, success());
}

/** What kubectl 1.20 posts, which Kubernetes takes to this day; nothing but the name differs. */
function fromV1beta1(body: Buffer): Buffer {
  if (!body.includes('"policy/v1beta1"')) return body;
  return Buffer.from(body.toString('utf8').replace(/("apiVersion"\s*:\s*)"policy\/v1beta1"/, '$1"policy/v1"'));
}

async function send(x: Exchange, body: object): Promise<boolean> {
  const { encoding } = negotiate(x.request.headers.accept, { transforms: false });
  setWarnings(x);
  await sendObject(x.request, x.response, 201, body, encoding);
  return true;
}

function success(): object {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };
}
