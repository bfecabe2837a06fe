import { SCALE } from '../../../api/kinds/scale.ts';
import type { Scale } from '../../../api/types.ts';
import { parseIncludeObject, representObject, type View } from '../table/represent.ts';
import { getScale, patchScale, type ScalableKind, updateScale } from '../verbs/scale.ts';
import { readBody } from './body.ts';
import { negotiate } from './negotiate.ts';
import { readObject, readWriteOptions } from './request-body.ts';
import {
  methodNotAllowed,
  type ResourceExchange,
  type ResourceRouteOptions,
  setWarnings,
} from './resource-exchange.ts';
import { sendObject } from './respond.ts';

/** GET, PUT and PATCH of `/scale`, of any kind that has one. */
export async function serveScale(
  options: ResourceRouteOptions,
  x: ResourceExchange,
  kind: ScalableKind,
): Promise<boolean> {
  // The form of the answer is settled before anything is stored.
  const view: View = {
    kind: SCALE,
    representation: negotiate(x.request.headers.accept),
    includeObject: parseIncludeObject(x.info.query.get('includeObject') ?? ''),
    now: options.clock.now(),
  };
  const scale = await perform(options, x, kind);
  setWarnings(x);
  await sendObject(x.request, x.response, 200, representObject(scale, view), view.representation.encoding);
  return true;
}

async function perform({ engine }: ResourceRouteOptions, x: ResourceExchange, kind: ScalableKind): Promise<Scale> {
  switch (x.info.verb) {
    case 'get':
      return getScale(engine, kind, x.key);
    case 'update': {
      const write = readWriteOptions(x);
      const wanted = await readObject({ ...x, kind: SCALE }, write.fieldValidation);
      return updateScale(engine, kind, { ...write, key: x.key, change: () => structuredClone(wanted) });
    }
    case 'patch': {
      const contentType = x.request.headers['content-type'] ?? '';
      const body = await readBody(x.request);
      return patchScale(engine, kind, { ...readWriteOptions(x), key: x.key, contentType, body });
    }
    default:
      throw methodNotAllowed();
  }
}
