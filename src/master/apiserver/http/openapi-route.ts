import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { openApiV2 } from '../../../api/openapi/v2.ts';
import { openApiV3Document, openApiV3Index } from '../../../api/openapi/v3.ts';
import type { KindTable } from '../kind-table.ts';
import type { Exchange, Route } from './handler.ts';
import { acceptsGzip, endWith, sendBytes, sendObject } from './respond.ts';

const decompress = promisify(gunzip);
const V3_ROOT = '/openapi/v3';
/** Clients ask with an `@` in the type, which is no legal media type: this is the spelling that they can read. */
const V2_TYPE = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';
const YEAR_SECONDS = 365 * 24 * 3600;

/** Schemas of all kinds: /openapi/v2 and, by group version, /openapi/v3. */
export class OpenApiRoute implements Route {
  readonly #kinds: KindTable;

  constructor(kinds: KindTable) {
    this.#kinds = kinds;
  }

  async handle(x: Exchange): Promise<boolean> {
    const { path, verb } = x.info;
    if (x.info.isResource || verb !== 'get') return false;
    if (path === '/openapi/v2') {
      return this.#v2(x);
    }
    if (path === V3_ROOT) {
      await sendObject(x.request, x.response, 200, openApiV3Index(this.#kinds.all));
      return true;
    }
    return path.startsWith(`${V3_ROOT}/`) && this.#document(x, path.slice(V3_ROOT.length + 1));
  }

  /** The document is made anew each time; whoever has it is told so before. */
  async #v2({ request, response }: Exchange): Promise<boolean> {
    const index = JSON.stringify(openApiV3Index(this.#kinds.all));
    const etag = `"${createHash('sha256').update(index).digest('hex')}"`;
    response.setHeader('ETag', etag);
    if (request.headers['if-none-match'] === etag) endWith(request, response, 304, Buffer.alloc(0));
    else await sendBytes(request, response, 200, openApiV2(this.#kinds.all), V2_TYPE);
    return true;
  }

  /** @param groupVersion as in the index: `api/v1`, `apis/apps/v1`. */
  async #document({ request, response, info }: Exchange, groupVersion: string): Promise<boolean> {
    const document = await openApiV3Document(this.#kinds.all, groupVersion);
    if (!document) return false;
    response.setHeader('ETag', document.etag);
    response.setHeader('Vary', 'Accept, Accept-Encoding');
    // The hash in the index's URL changes with the content: what is under it never does.
    if (info.query.has('hash')) response.setHeader('Cache-Control', `public, immutable, max-age=${YEAR_SECONDS}`);
    if (request.headers['if-none-match'] === document.etag) {
      endWith(request, response, 304, Buffer.alloc(0));
      return true;
    }
    response.setHeader('Content-Type', 'application/json');
    if (acceptsGzip(request)) response.setHeader('Content-Encoding', 'gzip');
    endWith(request, response, 200, acceptsGzip(request) ? document.gzip : await decompress(document.gzip));
    return true;
  }
}
