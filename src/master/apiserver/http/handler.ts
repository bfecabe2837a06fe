import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { type ApiError, badRequest } from '../../../api/meta/errors.ts';
import type { Clock } from '../../../lib/clock.ts';
import type { Logger } from '../../../lib/logger.ts';
import { type Authenticator, certificateIdentity } from '../auth/authenticator.ts';
import { type Authorizer, forbiddenError } from '../auth/authorizer.ts';
import { impersonate } from '../auth/impersonation.ts';
import type { UserInfo } from '../auth/user.ts';
import { discardBody } from './body.ts';
import type { HttpRequest, HttpResponse } from './exchange.ts';
import { parseRequest, type RequestInfo } from './request-info.ts';
import { asApiError, sendFailure, sendText } from './respond.ts';
import { Warnings } from './warnings.ts';

/** A request that may go on: its sender is known and allowed. */
export interface Exchange {
  readonly request: HttpRequest;
  readonly response: HttpResponse;
  readonly info: RequestInfo;
  readonly user: UserInfo;
  readonly warnings: Warnings;
  /** Aborts when the client is gone or the server stops. */
  readonly signal: AbortSignal;
}

export interface UpgradeExchange extends Omit<Exchange, 'response' | 'warnings'> {
  readonly socket: Duplex;
  readonly head: Buffer;
}

/** A request of whoever it may be. */
export type OpenExchange = Omit<Exchange, 'user' | 'warnings'>;

/** Serves everybody, known or not, what is no secret. @returns false for paths that are not its own. */
export interface OpenRoute {
  handle(exchange: OpenExchange): Promise<boolean>;
}

/** Serves what it knows. @returns false for paths that are not its own. */
export interface Route {
  handle(exchange: Exchange): Promise<boolean>;
  upgrade?(exchange: UpgradeExchange): Promise<boolean>;
}

export interface HandlerOptions {
  readonly authenticator: Authenticator;
  readonly authorizer: Authorizer;
  readonly routes: readonly Route[];
  /** Asked before anybody is authenticated. */
  readonly openRoutes: readonly OpenRoute[];
  readonly clock: Clock;
  readonly log: Logger;
}

/** The chain every request goes through: authenticate, impersonate, authorize, route; errors become Statuses here. */
export class RequestHandler {
  readonly #options: HandlerOptions;

  constructor(options: HandlerOptions) {
    this.#options = options;
  }

  /** Answers one request; never rejects. @param stopping aborts when the server stops. */
  async handle(request: HttpRequest, response: HttpResponse, stopping: AbortSignal): Promise<void> {
    const startedMs = this.#options.clock.now();
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    // A client that breaks off is no failure of ours; HTTP/2 tells of it on the request, HTTP/1.1 on the response.
    request.on('error', () => gone.abort());
    response.on('error', () => gone.abort());
    const warnings = new Warnings();
    try {
      const signal = AbortSignal.any([gone.signal, stopping]);
      if (await this.#serveOpenly(request, response, signal)) return;
      const admitted = await this.#admit(request, signal);
      if (!admitted || !(await this.#route({ ...admitted, request, response, warnings }))) {
        sendText(response, 404, '404 page not found\n');
      }
    } catch (error) {
      await this.#fail(request, response, warnings, error);
    } finally {
      const { method, url } = request;
      const tookMs = this.#options.clock.now() - startedMs;
      this.#options.log.debug({ method, url, code: response.statusCode, tookMs }, 'request');
    }
  }

  /** Hands an HTTP/1.1 upgrade on; refusals are written on the raw socket. Never rejects. */
  async upgrade(request: HttpRequest, socket: Duplex, head: Buffer, stopping: AbortSignal): Promise<void> {
    const gone = new AbortController();
    const writtenBefore = bytesWritten(socket);
    socket.once('close', () => gone.abort());
    socket.on('error', () => gone.abort());
    try {
      const admitted = await this.#admit(request, AbortSignal.any([gone.signal, stopping]));
      for (const route of admitted ? this.#options.routes : []) {
        if (admitted && (await route.upgrade?.({ ...admitted, request, socket, head }))) return;
      }
      throw badRequest('this path takes no upgrade');
    } catch (error) {
      const failure = this.#report(request, error);
      // Bytes are out already when the stream was under way: all that is left is to end it.
      if (bytesWritten(socket) !== writtenBefore) socket.destroy();
      else socket.end(rawFailure(failure));
    }
  }

  async #admit(
    request: HttpRequest,
    signal: AbortSignal,
  ): Promise<{ info: RequestInfo; user: UserInfo; signal: AbortSignal } | undefined> {
    const { authenticator, authorizer } = this.#options;
    const info = parseRequest(request.method ?? 'GET', request.url ?? '/');
    const identity = certificateIdentity(request.socket as TLSSocket);
    const user = impersonate(await authenticator.authenticate(identity, request.headers, signal), request.headers);
    if (!info) return undefined;
    const access = { ...info, user };
    const decision = await authorizer.authorize(access);
    if (!decision.isAllowed) throw forbiddenError(access, decision);
    return { info, user, signal };
  }

  async #serveOpenly(request: HttpRequest, response: HttpResponse, signal: AbortSignal): Promise<boolean> {
    const info = parseRequest(request.method ?? 'GET', request.url ?? '/');
    if (!info || info.isResource) return false;
    for (const route of this.#options.openRoutes) {
      if (await route.handle({ request, response, info, signal })) return true;
    }
    return false;
  }

  async #route(exchange: Exchange): Promise<boolean> {
    for (const route of this.#options.routes) {
      if (await route.handle(exchange)) return true;
    }
    return false;
  }

  async #fail(request: HttpRequest, response: HttpResponse, warnings: Warnings, error: unknown): Promise<void> {
    const failure = this.#report(request, error);
    if (response.headersSent) return void response.destroy();
    if (response.destroyed) return;
    try {
      const { headers } = warnings;
      if (headers.length > 0) response.setHeader('Warning', headers);
      await discardBody(request);
      await sendFailure(request, response, failure);
    } catch (err) {
      // The client went while it was being answered.
      this.#options.log.debug({ url: request.url, err }, 'failure not answered');
      response.destroy();
    }
  }

  #report(request: HttpRequest, error: unknown): ApiError {
    const failure = asApiError(error);
    const { method, url } = request;
    if (failure !== error) this.#options.log.error({ method, url, err: error }, 'request failed');
    else if (failure.code >= 500) this.#options.log.warn({ method, url, err: error }, 'request failed');
    return failure;
  }
}

function bytesWritten(socket: Duplex): number {
  return socket instanceof Socket ? socket.bytesWritten : 0;
}

/** A whole HTTP/1.1 answer: where there is a socket, there is no response object. */
function rawFailure(failure: ApiError): string {
  const body = `${JSON.stringify(failure.toStatus())}\n`;
  const head = [
    `HTTP/1.1 ${failure.code} ${failure.reason}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}
