import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { ApiError } from '../../api/meta/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import { parseRange } from '../apiserver/http/byte-range.ts';
import type { OpenExchange, OpenRoute } from '../apiserver/http/handler.ts';
import { methodNotAllowed } from '../apiserver/http/resource-exchange.ts';
import { sendText } from '../apiserver/http/respond.ts';
import { RELEASES, type ReleaseFile, type ReleaseFiles } from './files.ts';
import { renderInstallScript, safeAuthority } from './install-script.ts';
import { paced } from './paced.ts';

/** More machines at once wait their turn: a Pi's master has a cluster to run beside. */
const MAX_DOWNLOADS = 4;
/** Of each: a 120 MB executable takes 5 s. */
const BYTES_PER_SECOND = 25_000_000;

export interface DownloadRouteOptions {
  readonly files: ReleaseFiles;
  readonly caPem: string;
  readonly grpcPort: number;
  /** For clients that don't say what they asked for. */
  readonly address: string;
  readonly clock: Clock;
}

/**
 * What a machine needs to join, for everybody who can reach the master: /install.sh, /download/bramble-linux-{x64,arm64} and their
 * .sha256. Nothing of it is secret; who may join is decided by the token.
 */
export class DownloadRoute implements OpenRoute {
  readonly #options: DownloadRouteOptions;
  #active = 0;

  constructor(options: DownloadRouteOptions) {
    this.#options = options;
  }

  async handle(x: OpenExchange): Promise<boolean> {
    const { path, verb } = x.info;
    const [, name = '', suffix = ''] = /^\/download\/([a-z0-9-]+)(\.sha256)?$/.exec(path) ?? [];
    if (path !== '/install.sh' && !path.startsWith('/download/')) return false;
    if (verb !== 'get' && verb !== 'head') throw methodNotAllowed();
    if (path === '/install.sh') this.#installer(x);
    else if (!RELEASES.includes(name))
      sendText(x.response, 404, `there is ${RELEASES.join(' and ')} under /download/\n`);
    else await this.#release(x, name, suffix !== '');
    return true;
  }

  #installer({ request, response }: OpenExchange): void {
    const { caPem, grpcPort, address } = this.#options;
    const asked = safeAuthority(request.headers[':authority']?.toString() ?? request.headers.host);
    response.setHeader('Cache-Control', 'no-cache');
    sendText(response, 200, renderInstallScript({ master: asked ?? address, grpcPort, caPem }));
  }

  async #release(x: OpenExchange, name: string, isSum: boolean): Promise<void> {
    const { files } = this.#options;
    const file = await files.find(name);
    if (!file) {
      const how = `put it into ${files.folder} there ('npm run build' makes it in dist/)`;
      return sendText(x.response, 404, `the master has no ${name}: ${how}\n`);
    }
    if (isSum) return sendText(x.response, 200, `${await files.sha256(file)}  ${name}\n`);
    if (this.#active >= MAX_DOWNLOADS) {
      throw new ApiError('TooManyRequests', `${MAX_DOWNLOADS} machines are being served: try again`, {
        retryAfterSeconds: 5,
      });
    }
    this.#active++;
    try {
      await this.#send(x, file);
    } finally {
      this.#active--;
    }
  }

  async #send({ request, response, signal }: OpenExchange, file: ReleaseFile): Promise<void> {
    response.setHeader('ETag', file.etag);
    response.setHeader('Accept-Ranges', 'bytes');
    response.setHeader('Content-Type', 'application/octet-stream');
    const { range: rangeHeader, 'if-none-match': held, 'if-range': same } = request.headers;
    if (held === file.etag) {
      response.statusCode = 304;
      return void response.end();
    }
    const range = same === undefined || same === file.etag ? parseRange(rangeHeader, file.size) : undefined;
    if (range === 'unsatisfiable') {
      response.setHeader('Content-Range', `bytes */${file.size}`);
      return sendText(response, 416, 'there is nothing in that range\n');
    }
    const { first, last } = range ?? { first: 0, last: file.size - 1 };
    if (range) response.setHeader('Content-Range', `bytes ${first}-${last}/${file.size}`);
    response.statusCode = range ? 206 : 200;
    response.setHeader('Content-Length', last - first + 1);
    if (request.method === 'HEAD') return void response.end();
    const content = createReadStream(file.path, { start: first, end: last });
    try {
      await pipeline(content, paced(BYTES_PER_SECOND, this.#options.clock), response, { signal });
    } catch (error) {
      // A client that goes in the middle comes back with a Range.
      if (!signal.aborted) throw error;
    }
  }
}
