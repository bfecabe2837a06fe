import { createSecureContext } from 'node:tls';
import { Client, credentials, Metadata, type MethodDefinition } from '@grpc/grpc-js';
import { MessageStream } from './message-stream.ts';
import type {
  AgentMessage,
  CertificateResponse,
  EnrollRequest,
  MasterMessage,
  RecoverRequest,
  RenewRequest,
  StreamFrame,
} from './messages.ts';
import { loadServices, type Services } from './proto.ts';
import { fromServiceError } from './status.ts';
import { DEFAULT_KEEPALIVE, type Keepalive, MASTER_NAME, transportOptions } from './transport.ts';

export interface RpcClientOptions {
  /** `host:port`; IPv6 in brackets. */
  readonly address: string;
  readonly caPem: string;
  /** Absent only to enroll. */
  readonly identity?: { readonly certPem: string; readonly keyPem: string };
  readonly keepalive?: Keepalive;
}

const UNARY_DEADLINE_MS = 10_000;

/** One connection to a master. It verifies that the master's certificate is of this CA and names the master, not an address. */
export class RpcClient {
  readonly #client: Client;
  readonly #services: Services;

  constructor(options: RpcClientOptions) {
    const { caPem, identity } = options;
    const context = createSecureContext({
      ca: caPem,
      minVersion: 'TLSv1.2',
      ...(identity ? { cert: identity.certPem, key: identity.keyPem } : {}),
    });
    this.#client = new Client(options.address, credentials.createFromSecureContext(context), {
      ...transportOptions(options.keepalive ?? DEFAULT_KEEPALIVE),
      'grpc.ssl_target_name_override': MASTER_NAME,
      'grpc.default_authority': MASTER_NAME,
      // Who reconnects, and when, is the caller's: a pool shared between clients would keep an old certificate in use.
      'grpc.use_local_subchannel_pool': 1,
      'grpc.enable_retries': 0,
      'grpc.enable_http_proxy': 0,
      'grpc.service_config_disable_resolution': 1,
    });
    this.#services = loadServices();
  }

  enroll(request: EnrollRequest): Promise<CertificateResponse> {
    return this.#unary(this.#services.enrollment.Enroll, request);
  }

  recover(request: RecoverRequest): Promise<CertificateResponse> {
    return this.#unary(this.#services.enrollment.Recover, request);
  }

  renew(request: RenewRequest): Promise<CertificateResponse> {
    return this.#unary(this.#services.node.Renew, request);
  }

  /** Never throws: a master that cannot be reached breaks the stream. */
  session(): MessageStream<MasterMessage, AgentMessage> {
    return this.#bidi(this.#services.node.Session);
  }

  /** @see session */
  stream(): MessageStream<StreamFrame, StreamFrame> {
    return this.#bidi(this.#services.node.Stream);
  }

  close(): void {
    this.#client.close();
  }

  #unary<In, Out>(method: MethodDefinition<In, Out>, request: In): Promise<Out> {
    const deadline = Date.now() + UNARY_DEADLINE_MS;
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        request,
        new Metadata(),
        { deadline },
        (error, response) => (error || !response ? reject(fromServiceError(error)) : resolve(response)),
      );
    });
  }

  #bidi<Out, In>(method: MethodDefinition<Out, In>): MessageStream<In, Out> {
    const call = this.#client.makeBidiStreamRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      new Metadata(),
    );
    return new MessageStream<In, Out>(call, () => call.cancel());
  }
}
