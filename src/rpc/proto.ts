import { dirname } from 'node:path';
import type { MethodDefinition } from '@grpc/grpc-js';
import { loadFileDescriptorSetFromBuffer, loadSync, type Options, type PackageDefinition } from '@grpc/proto-loader';
import { assetPath, findAsset } from '../lib/assets.ts';
import type {
  AgentMessage,
  CertificateResponse,
  EnrollRequest,
  MasterMessage,
  RecoverRequest,
  RenewRequest,
  StreamFrame,
} from './messages.ts';

/** proto/enrollment.proto, typed. */
type EnrollmentService = {
  readonly Enroll: MethodDefinition<EnrollRequest, CertificateResponse>;
  readonly Recover: MethodDefinition<RecoverRequest, CertificateResponse>;
};

/** proto/node.proto, typed. */
type NodeService = {
  readonly Session: MethodDefinition<AgentMessage, MasterMessage>;
  readonly Stream: MethodDefinition<StreamFrame, StreamFrame>;
  readonly Renew: MethodDefinition<RenewRequest, CertificateResponse>;
};

export interface Services {
  readonly enrollment: EnrollmentService;
  readonly node: NodeService;
}

const FILES = ['enrollment.proto', 'node.proto'];
const OPTIONS: Options = { longs: Number, enums: String, defaults: true };
/** What the build makes of proto/: read without a parser, and from within a single executable. */
export const COMPILED_PROTO = 'proto/services.bin';

/** Reads proto/ itself. */
export function parseProto(): PackageDefinition {
  const path = assetPath('proto/node.proto');
  if (path === undefined) throw new Error('proto/node.proto is missing from this installation');
  return loadSync(FILES, { ...OPTIONS, includeDirs: [dirname(path)] });
}

/**
 * Loads the services of proto/. Fields are camelCase, bytes are Buffers, 64-bit numbers are numbers, absent scalars
 * have proto3's defaults.
 */
export function loadServices(): Services {
  const compiled = findAsset(COMPILED_PROTO);
  const definition = compiled ? loadFileDescriptorSetFromBuffer(compiled, OPTIONS) : parseProto();
  // The one place where the shapes of messages.ts are taken to be those of the .proto files; the tests send each of them.
  return {
    enrollment: definition['bramble.v1.Enrollment'] as unknown as EnrollmentService,
    node: definition['bramble.v1.Node'] as unknown as NodeService,
  };
}
