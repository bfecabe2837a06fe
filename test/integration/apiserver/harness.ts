import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KINDS } from '../../../src/api/kinds/all.ts';
import { EVENT } from '../../../src/api/kinds/event.ts';
import { NAMESPACE } from '../../../src/api/kinds/namespace.ts';
import { POD } from '../../../src/api/kinds/pod.ts';
import { SERVICE } from '../../../src/api/kinds/service.ts';
import { SERVICE_CIDR } from '../../../src/api/kinds/service-cidr.ts';
import type { KindDefinition } from '../../../src/api/registry.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { createLogger } from '../../../src/lib/logger.ts';
import { defaultAdmission } from '../../../src/master/apiserver/admission/default-plugins.ts';
import type { ConnectHandlers } from '../../../src/master/apiserver/connect.ts';
import { ApiEventRecorder } from '../../../src/master/apiserver/event-recorder.ts';
import type { Route } from '../../../src/master/apiserver/http/handler.ts';
import { KindTable } from '../../../src/master/apiserver/kind-table.ts';
import { LocalClient } from '../../../src/master/apiserver/local-client.ts';
import { ResourceEngine } from '../../../src/master/apiserver/resource-engine.ts';
import { ApiServer } from '../../../src/master/apiserver/server.ts';
import { StoreObjectCache } from '../../../src/master/cache/object-cache.ts';
import { Controller } from '../../../src/master/controllers/controller.ts';
import { serviceAccountController } from '../../../src/master/controllers/service-account.ts';
import { SqliteStore } from '../../../src/master/store/sqlite.ts';
import { type Kubectl, newestKubectl } from '../../lib/kubectl.ts';

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** A CA, a serving certificate and client certificates, made by the openssl program. */
export class TestPki {
  readonly dir: string;
  readonly caPem: string;

  constructor(dir: string) {
    this.dir = dir;
    openssl(dir, ['ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', 'ca.key']);
    const ext = ['-addext', 'keyUsage=critical,keyCertSign,cRLSign'];
    openssl(dir, [
      'req',
      '-x509',
      '-new',
      '-key',
      'ca.key',
      '-subj',
      '/CN=test-ca',
      '-days',
      '2',
      '-out',
      'ca.crt',
      ...ext,
    ]);
    this.caPem = readFileSync(join(dir, 'ca.crt'), 'utf8');
  }

  /** @param subject as openssl writes it: `/O=system:masters/CN=admin`. */
  issue(name: string, subject: string, extensions: string): Certificate {
    const { dir } = this;
    writeFileSync(join(dir, `${name}.ext`), extensions);
    openssl(dir, ['ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', `${name}.key`]);
    openssl(dir, ['req', '-new', '-key', `${name}.key`, '-subj', subject, '-out', `${name}.csr`]);
    const ca = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial'];
    openssl(dir, [
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      ...ca,
      '-days',
      '1',
      '-extfile',
      `${name}.ext`,
      '-out',
      `${name}.crt`,
    ]);
    return {
      cert: readFileSync(join(dir, `${name}.crt`), 'utf8'),
      key: readFileSync(join(dir, `${name}.key`), 'utf8'),
    };
  }
}

function openssl(cwd: string, args: string[]): void {
  execFileSync('openssl', args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
}

/** A whole API server on a free port of loopback, with its store on disk. Of the controllers only the one that admission of pods counts on. */
export class TestApi {
  readonly dir: string;
  readonly pki: TestPki;
  readonly admin: Certificate;
  readonly store: SqliteStore;
  readonly cache: StoreObjectCache;
  readonly engine: ResourceEngine;
  readonly client: LocalClient;
  readonly events: ApiEventRecorder;
  readonly server: ApiServer;
  /** Each namespace gets its account `default`, which pods run as. */
  readonly #accounts: Controller;

  static async start(
    connect?: ConnectHandlers,
    kinds: readonly KindDefinition[] = KINDS,
    routes: (cache: StoreObjectCache) => readonly Route[] = () => [],
  ): Promise<TestApi> {
    const dir = mkdtempSync(join(tmpdir(), 'bramble-api-'));
    const log = createLogger('silent');
    const store = await SqliteStore.open({
      dataDir: join(dir, 'data'),
      memoryPrefixes: ['events/', 'leases/'],
      clock: systemClock,
      log,
    });
    const api = new TestApi(dir, { store, kinds, connect, routes });
    await api.cache.start();
    await api.server.start();
    api.#accounts.start();
    for (const name of ['default', 'kube-system', 'kube-public', 'kube-node-lease']) {
      await api.client.create(NAMESPACE, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    }
    await api.client.create(SERVICE_CIDR, {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'ServiceCIDR',
      metadata: { name: 'kubernetes' },
      spec: { cidrs: ['10.43.0.0/16'] },
    });
    return api;
  }

  private constructor(
    dir: string,
    {
      store,
      kinds,
      connect,
      routes,
    }: {
      readonly store: SqliteStore;
      readonly kinds: readonly KindDefinition[];
      readonly connect: ConnectHandlers | undefined;
      readonly routes: (cache: StoreObjectCache) => readonly Route[];
    },
  ) {
    const clock = systemClock;
    const log = createLogger(process.env.API_LOG === 'debug' ? 'debug' : 'silent');
    this.dir = dir;
    this.store = store;
    this.pki = new TestPki(dir);
    const serving = this.pki.issue(
      'server',
      '/CN=apiserver',
      'subjectAltName=IP:127.0.0.1,DNS:localhost\nextendedKeyUsage=serverAuth\n',
    );
    this.admin = this.clientCertificate('admin', '/O=system:masters/CN=system:admin');
    const cachedKinds = KINDS.filter(({ storedAs, durability }) => !storedAs && durability !== 'memory');
    this.cache = new StoreObjectCache(store, cachedKinds, log);
    const admission = defaultAdmission({
      store,
      cache: this.cache,
      cachedKinds,
      clock,
      namespaceKind: NAMESPACE,
      serviceKind: SERVICE,
      nodePortRange: [30000, 32767],
      defaultTolerationSeconds: 10,
    });
    this.engine = new ResourceEngine({ store, admission, clock });
    this.client = new LocalClient(this.engine, POD);
    this.events = new ApiEventRecorder({ client: this.client, kind: EVENT, clock, log });
    const parts = { client: this.client, cache: this.cache, events: this.events, clock, log };
    this.#accounts = new Controller(serviceAccountController(parts), parts);
    this.server = new ApiServer({
      listen: { host: '127.0.0.1', port: 0 },
      tls: () => ({ certPem: serving.cert, keyPem: serving.key, caPem: this.pki.caPem }),
      engine: this.engine,
      kinds: new KindTable(kinds),
      tokens: [
        { authenticate: async (token) => (token === 'secret-token' ? { name: 'alice', groups: ['dev'] } : undefined) },
      ],
      ...(connect ? { connect } : {}),
      routes: routes(this.cache),
      version: '0.0.0-test',
      clock,
      log,
    });
  }

  clientCertificate(name: string, subject: string): Certificate {
    return this.pki.issue(name, subject, 'extendedKeyUsage=clientAuth\n');
  }

  /** Runs a stock kubectl as the admin (or as `user`), with a home of its own. The newest one, when none is given. */
  async kubectl(
    args: readonly string[],
    options: { stdin?: string; user?: Certificate; kubectl?: Kubectl } = {},
  ): Promise<CommandResult> {
    const { path } = options.kubectl ?? newestKubectl();
    const home = mkdtempSync(join(this.dir, 'home-'));
    const kubeconfig = join(home, 'config');
    writeFileSync(kubeconfig, this.#kubeconfig(options.user ?? this.admin));
    const child = { env: { HOME: home, KUBECONFIG: kubeconfig, PATH: process.env.PATH ?? '' }, maxBuffer: 2 ** 26 };
    return new Promise((resolve) => {
      const running = execFile(path, args, child, (error, stdout, stderr) => {
        const code = typeof error?.code === 'number' ? error.code : error ? 1 : 0;
        rmSync(home, { recursive: true, force: true });
        resolve({ code, stdout, stderr });
      });
      running.stdin?.end(options.stdin ?? '');
    });
  }

  async close(): Promise<void> {
    await this.server.stop();
    await this.#accounts.stop();
    this.cache.stop();
    await this.store.close();
    rmSync(this.dir, { recursive: true, force: true });
  }

  #kubeconfig({ cert, key }: Certificate): string {
    const data = (pem: string) => Buffer.from(pem).toString('base64');
    const server = `https://127.0.0.1:${this.server.port}`;
    return JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'c', cluster: { server, 'certificate-authority-data': data(this.pki.caPem) } }],
      users: [{ name: 'u', user: { 'client-certificate-data': data(cert), 'client-key-data': data(key) } }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    });
  }
}
