import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildNode } from '../../../src/agent/stats/build-node.ts';
import { Contact } from '../../../src/agent/uplink/contact.ts';
import { enrollAgain, ensureEnrolled } from '../../../src/agent/uplink/enroll.ts';
import { type EnrolledIdentity, IdentityStore } from '../../../src/agent/uplink/identity.ts';
import { DurableMap } from '../../../src/agent/uplink/kept/durable-map.ts';
import { Uplink } from '../../../src/agent/uplink/uplink.ts';
import { KINDS } from '../../../src/api/kinds/all.ts';
import { NAMESPACE } from '../../../src/api/kinds/namespace.ts';
import { NODE } from '../../../src/api/kinds/node.ts';
import { POD } from '../../../src/api/kinds/pod.ts';
import { SECRET } from '../../../src/api/kinds/secret.ts';
import type { Node, Pod } from '../../../src/api/types.ts';
import { type Clock, systemClock } from '../../../src/lib/clock.ts';
import { createLogger } from '../../../src/lib/logger.ts';
import { AdmissionChain } from '../../../src/master/apiserver/admission/chain.ts';
import { LocalClient } from '../../../src/master/apiserver/local-client.ts';
import { ResourceEngine } from '../../../src/master/apiserver/resource-engine.ts';
import { StoreObjectCache } from '../../../src/master/cache/object-cache.ts';
import { Enrollment } from '../../../src/master/nodes/enrollment.ts';
import { NodeServer } from '../../../src/master/nodes/node-server.ts';
import { NodeSessions } from '../../../src/master/nodes/node-sessions.ts';
import { CertificateAuthority } from '../../../src/master/pki/certificate-authority.ts';
import { JoinTokens, newJoinToken } from '../../../src/master/pki/join-tokens.ts';
import { ServingCertificate, servingNames } from '../../../src/master/pki/serving-certificate.ts';
import type { EventRecorder } from '../../../src/master/resource-client.ts';
import { SqliteStore } from '../../../src/master/store/sqlite.ts';
import type { Keepalive } from '../../../src/rpc/transport.ts';

const log = createLogger(process.env.BRAMBLE_TEST_LOG === undefined ? 'silent' : 'debug');

export interface RecordedEvent {
  readonly about: string;
  readonly reason: string;
  readonly host: string | undefined;
}

/** The master's half that agents see, on a real store and the real engine; without HTTPS, controllers and scheduler. */
export interface TestMaster {
  readonly port: number;
  readonly address: string;
  readonly ca: CertificateAuthority;
  readonly client: LocalClient;
  readonly cache: StoreObjectCache;
  readonly sessions: NodeSessions;
  readonly tokens: JoinTokens;
  readonly events: RecordedEvent[];
  createToken(ttlMs?: number, isSingleUse?: boolean): Promise<{ word: string; secretName: string }>;
  createPod(name: string, nodeName: string, spec?: Partial<Pod['spec']>): Promise<Pod>;
  node(name: string): Promise<Node>;
  pod(name: string): Promise<Pod>;
  stop(): Promise<void>;
}

function tempDir(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'bramble-nodes-'));
}

export async function startMaster(
  dir: string,
  options: {
    readonly port?: number;
    readonly keepalive?: Keepalive;
    readonly clock?: Clock;
    readonly graceMs?: number;
    readonly masterAddresses?: () => string[];
  } = {},
): Promise<TestMaster> {
  const clock = options.clock ?? systemClock;
  const store = await SqliteStore.open({
    dataDir: join(dir, 'db'),
    memoryPrefixes: ['events/', 'leases/'],
    clock,
    log,
  });
  const engine = new ResourceEngine({ store, admission: new AdmissionChain([]), clock });
  const client = new LocalClient(engine, POD);
  const cached = KINDS.filter((kind) => !kind.storedAs && kind.durability !== 'memory');
  const cache = new StoreObjectCache(store, cached, log);
  await cache.start();
  const pki = join(dir, 'pki');
  const ca = await CertificateAuthority.open(pki, clock);
  const names = () =>
    servingNames({
      hostname: 'test',
      advertiseAddress: '',
      hostAddresses: [],
      serviceIp: '10.43.0.1',
      clusterDomain: 'cluster.local',
    });
  const certificate = new ServingCertificate({ dir: pki, ca, names, clock, log });
  await certificate.ensure();
  const tokens = new JoinTokens({ client, caHash: ca.hash, clock });
  const events: RecordedEvent[] = [];
  const recorder: EventRecorder = {
    record: (about, { reason, host }) => events.push({ about: about.metadata.name, reason, host }),
  };
  const enrollment = new Enrollment({ ca, tokens, client, events: recorder, clock, log });
  const welcome = {
    clusterDomain: 'cluster.local',
    clusterDns: '10.43.0.10',
    clusterCidr: '10.42.0.0/16',
    serviceCidr: '10.43.0.0/16',
  };
  const graceMs = options.graceMs ?? 10_000;
  const sessions = new NodeSessions({
    client,
    cache,
    events: recorder,
    enrollment,
    welcome,
    graceMs,
    masterAddresses: options.masterAddresses ?? (() => []),
    clock,
    log,
  });
  sessions.start();
  const listen = { host: '127.0.0.1', port: options.port ?? 0 };
  const keepalive = options.keepalive ? { keepalive: options.keepalive } : {};
  const server = new NodeServer({ listen, certificate, enrollment, nodes: sessions, log, ...keepalive });
  await server.start();
  for (const name of ['default', 'kube-system', 'kube-node-lease']) {
    const wanted = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
    await client.create(NAMESPACE, wanted).catch(() => {}); // there already, in a directory that is used again
  }
  return {
    port: server.port,
    address: `127.0.0.1:${server.port}`,
    ca,
    client,
    cache,
    sessions,
    tokens,
    events,
    async createToken(ttlMs = 60_000, isSingleUse = false) {
      const { word, secret } = newJoinToken({ caHash: ca.hash, expiresAt: clock.now() + ttlMs, isSingleUse });
      await client.create(SECRET, secret);
      return { word, secretName: secret.metadata.name };
    },
    createPod: (name, nodeName, spec = {}) =>
      client.create(POD, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, namespace: 'default' },
        spec: { containers: [{ name: 'main', image: 'busybox' }], nodeName, ...spec },
      }),
    node: (name) => client.get(NODE, { namespace: '', name }),
    pod: (name) => client.get(POD, { namespace: 'default', name }),
    async stop() {
      server.stop();
      await sessions.stop();
      cache.stop();
      certificate.stop();
      await store.close();
    },
  };
}

/** What an agent without Docker would report; a label makes two machines differ. */
export function machine(name: string): Node {
  const host = {
    hostname: name,
    cpuCount: 4,
    memoryBytes: 4 * 1024 ** 3,
    machineId: name,
    systemUuid: name,
    bootId: name,
    kernelVersion: '6.12.0',
    osImage: 'Debian',
    architecture: 'arm64',
    hugePages: {},
  };
  const engine = {
    version: '20.10.24',
    architecture: 'aarch64',
    cgroupVersion: 2,
    hasMemoryLimit: true,
    operatingSystem: 'Debian',
    kernelVersion: '6.12.0',
    rootDir: '/var/lib/docker',
  } as const;
  const facts = {
    name,
    ip: '127.0.0.1',
    labels: {},
    volumesDir: '/data/volumes',
    host,
    diskTotalBytes: 1e11,
    networkProblem: '',
    lan: { subnets: [], addresses: [], conflicts: {} },
    health: [],
    images: [],
    pressures: [],
    thresholds: [],
    reserved: undefined,
    version: 'v1.36.0+bramble.test',
  };
  return buildNode(facts, engine, undefined);
}

export interface EnrollTestOptions {
  readonly dir: string;
  readonly master: string;
  readonly name: string;
  readonly token: string | undefined;
  readonly mayRename?: boolean;
  readonly replace?: boolean;
}

export function enroll(options: EnrollTestOptions, signal = new AbortController().signal): Promise<EnrolledIdentity> {
  const { dir, master, name, token, mayRename, replace } = options;
  const store = new IdentityStore(join(dir, 'agent'));
  return ensureEnrolled(
    { masters: [master], token, nodeName: name, mayRename, replace, store, clock: systemClock, log },
    signal,
  );
}

/** An agent's uplink, enrolled and started, reporting a machine. */
export async function startAgent(
  options: EnrollTestOptions & { readonly keepalive?: Keepalive; readonly clock?: Clock },
): Promise<Uplink> {
  const identity = await enroll(options);
  const clock = options.clock ?? systemClock;
  const kept = await DurableMap.open({ path: join(options.dir, 'kept'), keyPem: identity.keyPem, clock, log });
  const store = new IdentityStore(join(options.dir, 'agent'));
  const { token } = options;
  const uplink = new Uplink({
    kept,
    contact: new Contact({ path: join(options.dir, 'contact'), clock, log }),
    masters: [options.master],
    nodeName: options.name,
    identity,
    enrollAgain: token
      ? (address) =>
          enrollAgain(address, { masters: [options.master], token, nodeName: options.name, store, clock, log })
      : undefined,
    store,
    agentVersion: 'test',
    clock,
    log,
    ...(options.keepalive ? { keepalive: options.keepalive } : {}),
  });
  uplink.start();
  uplink.reportNode(machine(options.name));
  return uplink;
}

/** A wire between two ends that can be cut without either end being told: packets vanish, as when a plug is pulled. */
export class Wire {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isCut = false;

  private constructor(targetPort: number) {
    this.#server = createServer((near) => {
      const far = connect(targetPort, '127.0.0.1');
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(from);
        from.on('error', () => to.destroy());
        from.on('close', () => {
          if (!this.#isCut) to.destroy();
        });
        from.on('data', (bytes) => {
          if (!this.#isCut) to.write(bytes);
        });
      }
    });
  }

  static async to(targetPort: number): Promise<Wire> {
    const wire = new Wire(targetPort);
    await new Promise<void>((resolve) => wire.#server.listen(0, '127.0.0.1', resolve));
    return wire;
  }

  get address(): string {
    const address = this.#server.address();
    return `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  }

  cut(): void {
    this.#isCut = true;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

/** Stops what a test started, in reverse, and removes its folders. */
export class Cleanup {
  #steps: (() => unknown)[] = [];

  async dir(): Promise<string> {
    const dir = await tempDir();
    this.#steps.push(() => rm(dir, { recursive: true, force: true }));
    return dir;
  }

  add<T extends { stop(): unknown }>(part: T): T {
    this.#steps.push(() => part.stop());
    return part;
  }

  async run(): Promise<void> {
    for (const step of this.#steps.reverse()) await step();
    this.#steps = [];
  }
}
