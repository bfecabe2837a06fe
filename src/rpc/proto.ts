import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MethodDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type {
  AgentMessage,
  CertificateResponse,
  EnrollRequest,
  MasterMessage,
  RenewRequest,
  StreamFrame,
} from './messages.ts';

/** proto/enrollment.proto, typed. */
type EnrollmentService = {
  readonly Enroll: MethodDefinition<EnrollRequest, CertificateResponse>;
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

/** From src/rpc in a checkout, beside or above the file in a bundle. */
const PLACES = ['../../proto', 'proto', '../proto'];

function protoDir(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const found = PLACES.map((place) => join(here, place)).find((dir) => existsSync(join(dir, 'node.proto')));
  if (!found) throw new Error(`proto/node.proto is missing: looked in ${PLACES.join(', ')} relative to ${here}`);
  return found;
}

/**
 * Loads the services from proto/. Fields are camelCase, bytes are Buffers, 64-bit numbers are numbers, absent scalars
 * have proto3's defaults.
 * @param dir where the .proto files are; found by itself when absent.
 */
export function loadServices(dir = protoDir()): Services {
  const definition = loadSync(['enrollment.proto', 'node.proto'], {
    includeDirs: [dir],
    longs: Number,
    enums: String,
    defaults: true,
  });
  // The one place where the shapes of messages.ts are taken to be those of the .proto files; the tests send each of them.
  return {
    enrollment: definition['bramble.v1.Enrollment'] as unknown as EnrollmentService,
    node: definition['bramble.v1.Node'] as unknown as NodeService,
  };
}
