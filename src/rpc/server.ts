import { createHash, X509Certificate } from 'node:crypto';
import type { PeerCertificate, SecureContextOptions } from 'node:tls';
import {
  type handleBidiStreamingCall,
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerUnaryCall,
} from '@grpc/grpc-js';
import { ApiError } from '../api/meta/errors.ts';
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
import { toServiceError } from './status.ts';
import { DEFAULT_KEEPALIVE, type Keepalive, transportOptions } from './transport.ts';

/** PEM texts. `certPem` is the leaf followed by the CA, so that an agent with only the CA's hash can find the CA in it. */
export interface TlsMaterial {
  readonly certPem: string;
  readonly keyPem: string;
  readonly caPem: string;
}

/** Who calls, by the certificate that TLS has verified against our CA. */
export interface Peer {
  readonly nodeName: string;
  /** SHA-256 of the certificate's public key (SPKI), hex: the node's identity. */
  readonly keyHash: string;
  /** `address:port`, for logs only. */
  readonly address: string;
}

export interface EnrollmentHandler {
  enroll(request: EnrollRequest, address: string): Promise<CertificateResponse>;
  recover(request: RecoverRequest, address: string): Promise<CertificateResponse>;
}

/** A call ends when its promise does: rejecting with an ApiError tells the agent that error. */
export interface NodeHandler {
  session(peer: Peer, stream: MessageStream<AgentMessage, MasterMessage>): Promise<void>;
  /** The stream may be handed on: the call lives on after the promise resolved, until somebody ends or cancels it. */
  stream(peer: Peer, stream: MessageStream<StreamFrame, StreamFrame>): Promise<void>;
  renew(peer: Peer, request: RenewRequest): Promise<CertificateResponse>;
}

/** Asks for a client certificate without requiring one: Enroll has none yet. Node's methods look for it themselves. */
class OptionalClientCertificate extends ServerCredentials {
  constructor(context: SecureContextOptions) {
    super({ requestCert: true, rejectUnauthorized: false, minVersion: 'TLSv1.2' }, context);
  }
  replace(context: SecureContextOptions): void {
    this.updateSecureContextOptions(context);
  }
  override _equals(other: ServerCredentials): boolean {
    return this === other;
  }
}

function contextOf(tls: TlsMaterial): SecureContextOptions {
  return { cert: tls.certPem, key: tls.keyPem, ca: tls.caPem };
}

const NODE_USER_PREFIX = 'system:node:';
const NODE_GROUP = 'system:nodes';

/** @throws ApiError Unauthorized without a node's certificate of our CA (`certificate` is only set when TLS verified it). */
function peerOf(certificate: PeerCertificate | undefined, address: string): Peer {
  const name = [certificate?.subject.CN].flat()[0] ?? '';
  const isNode = [certificate?.subject.O].flat().includes(NODE_GROUP) && name.startsWith(NODE_USER_PREFIX);
  if (!certificate || !isNode) {
    throw new ApiError('Unauthorized', "this call needs a node certificate of the cluster's CA: enroll first");
  }
  const spki = new X509Certificate(certificate.raw).publicKey.export({ type: 'spki', format: 'der' });
  return {
    nodeName: name.slice(NODE_USER_PREFIX.length),
    keyHash: createHash('sha256').update(spki).digest('hex'),
    address,
  };
}

/** What a call shows of its other end. */
type Caller = Pick<ServerDuplexStream<unknown, unknown>, 'getPeer' | 'getAuthContext'>;

function callerOf(call: Caller): Peer {
  return peerOf(call.getAuthContext().sslPeerCertificate, call.getPeer());
}

function unary<In, Out>(answer: (call: ServerUnaryCall<In, Out>) => Promise<Out>): handleUnaryCall<In, Out> {
  return (call, callback) => {
    const run = async () => answer(call);
    run().then(
      (response) => callback(null, response),
      (error: unknown) => callback(toServiceError(error)),
    );
  };
}

function bidi<In, Out>(
  serve: (peer: Peer, stream: MessageStream<In, Out>) => Promise<void>,
  endsWithHandler: boolean,
): handleBidiStreamingCall<In, Out> {
  return (call) => {
    const fail = (error: unknown) => call.emit('error', toServiceError(error));
    const stream = new MessageStream<In, Out>(call, (reason) => fail(new ApiError('ServiceUnavailable', reason)));
    const run = async () => serve(callerOf(call), stream);
    run().then(
      () => endsWithHandler && stream.end(),
      (error: unknown) => !stream.closed.aborted && fail(error),
    );
  };
}

/** Enrollment and Node on one port. */
export class RpcServer {
  readonly #server: Server;
  readonly #credentials: OptionalClientCertificate;
  readonly #services: Services;

  constructor(tls: TlsMaterial, keepalive: Keepalive = DEFAULT_KEEPALIVE) {
    this.#server = new Server(transportOptions(keepalive));
    this.#credentials = new OptionalClientCertificate(contextOf(tls));
    this.#services = loadServices();
  }

  addEnrollment(handler: EnrollmentHandler): void {
    this.#server.addService(this.#services.enrollment, {
      Enroll: unary<EnrollRequest, CertificateResponse>((call) => handler.enroll(call.request, call.getPeer())),
      Recover: unary<RecoverRequest, CertificateResponse>((call) => handler.recover(call.request, call.getPeer())),
    });
  }

  addNode(handler: NodeHandler): void {
    this.#server.addService(this.#services.node, {
      Session: bidi<AgentMessage, MasterMessage>((peer, stream) => handler.session(peer, stream), true),
      Stream: bidi<StreamFrame, StreamFrame>((peer, stream) => handler.stream(peer, stream), false),
      Renew: unary<RenewRequest, CertificateResponse>(async (call) => handler.renew(callerOf(call), call.request)),
    });
  }

  /** @returns the port, which matters when 0 was asked for. @throws Error when the address is taken. */
  listen(host: string, port: number): Promise<number> {
    const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
    return new Promise((resolve, reject) => {
      this.#server.bindAsync(address, this.#credentials, (error, bound) => (error ? reject(error) : resolve(bound)));
    });
  }

  /** New connections get this certificate; open ones stay as they are. */
  useCertificate(tls: TlsMaterial): void {
    this.#credentials.replace(contextOf(tls));
  }

  /** Breaks off what is open: agents come back on their own, and a stop must not wait for a log that is followed. */
  close(): void {
    this.#server.forceShutdown();
  }
}
