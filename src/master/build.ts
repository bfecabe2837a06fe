import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { KINDS } from '../api/kinds/all.ts';
import { EVENT } from '../api/kinds/event.ts';
import { NAMESPACE } from '../api/kinds/namespace.ts';
import { POD } from '../api/kinds/pod.ts';
import { nodeOwnPorts } from '../api/kinds/service/own-ports.ts';
import { SERVICE } from '../api/kinds/service.ts';
import type { KindDefinition } from '../api/registry.ts';
import { VERSION } from '../api/version.ts';
import { type Clock, systemClock } from '../lib/clock.ts';
import { Lifecycle, type Part } from '../lib/lifecycle.ts';
import { createLogger, type Logger } from '../lib/logger.ts';
import { type AdmissionOptions, defaultAdmission } from './apiserver/admission/default-plugins.ts';
import { ApiEventRecorder } from './apiserver/event-recorder.ts';
import { EventSweeper } from './apiserver/event-sweeper.ts';
import { KindTable } from './apiserver/kind-table.ts';
import { LocalClient } from './apiserver/local-client.ts';
import { ResourceEngine } from './apiserver/resource-engine.ts';
import { ApiServer } from './apiserver/server.ts';
import { RestoreHold } from './backup/restore-hold.ts';
import { backupChore } from './backup/schedule.ts';
import { SnapshotRoute } from './backup/snapshot-route.ts';
import { StoreObjectCache } from './cache/object-cache.ts';
import { kubernetesServiceIp, type MasterConfig } from './config.ts';
import { bootstrap } from './controllers/bootstrap.ts';
import { Controller, type ControllerParts } from './controllers/controller.ts';
import { cronJobController } from './controllers/cronjob/controller.ts';
import { daemonSetController } from './controllers/daemonset/controller.ts';
import { deploymentController } from './controllers/deployment/controller.ts';
import { disruptionController } from './controllers/disruption/controller.ts';
import { staleDisruptionController } from './controllers/disruption/stale-condition.ts';
import { endpointsController } from './controllers/endpoints/controller.ts';
import { endpointSliceController } from './controllers/endpointslice/controller.ts';
import { endpointSliceMirroringController } from './controllers/endpointslice-mirroring/controller.ts';
import { finishedPodCollector } from './controllers/finished-pods.ts';
import { GarbageCollector } from './controllers/garbage-collector/collector.ts';
import { ingressController } from './controllers/ingress/controller.ts';
import { jobController } from './controllers/job/controller.ts';
import { jobOrphanPodController } from './controllers/job/orphan-pods.ts';
import { loadBalancerController } from './controllers/load-balancer/controller.ts';
import { namespaceController } from './controllers/namespace.ts';
import { claimController, volumeController } from './controllers/persistentvolume/controller.ts';
import { podGarbageCollector } from './controllers/pod-garbage-collector.ts';
import { replicaSetController } from './controllers/replicaset/controller.ts';
import { replicationController } from './controllers/replicationcontroller.ts';
import { resourceQuotaController } from './controllers/resource-quota.ts';
import { rootCaPublisher } from './controllers/root-ca-publisher.ts';
import { serviceAccountController } from './controllers/service-account.ts';
import {
  ipAddressRepairController,
  serviceCidrController,
  serviceIpRepairController,
} from './controllers/service-addresses/controllers.ts';
import { slicesByService } from './controllers/service-endpoints/slices.ts';
import { statefulSetController } from './controllers/statefulset/controller.ts';
import { taintEvictionController } from './controllers/taint-eviction/controller.ts';
import { ttlAfterFinishedController } from './controllers/ttl-after-finished/controller.ts';
import { DownloadRoute } from './downloads/download-route.ts';
import { ReleaseFiles } from './downloads/files.ts';
import { type Chore, Housekeeping } from './housekeeping.ts';
import { Enrollment } from './nodes/enrollment.ts';
import { masterAddresses } from './nodes/master-addresses.ts';
import { NodeServer } from './nodes/node-server.ts';
import { NodeSessions } from './nodes/node-sessions.ts';
import { writeKubeconfig } from './pki/admin-kubeconfig.ts';
import { CertificateAuthority } from './pki/certificate-authority.ts';
import { JoinTokens } from './pki/join-tokens.ts';
import { tokenChore } from './pki/old-tokens.ts';
import { ServingCertificate, servingNames } from './pki/serving-certificate.ts';
import { ProxyRoute } from './proxy/proxy-route.ts';
import type { ResourceClient } from './resource-client.ts';
import { RegistryClient } from './scheduler/images/registry-client.ts';
import { Scheduler } from './scheduler/scheduler.ts';
import { StatusRoute } from './status-route.ts';
import { SqliteStore } from './store/sqlite.ts';
import { PodStreams } from './streams/pod-streams.ts';

/** Keys that live in memory: nobody misses them after a power cut, and each would cost a disk write every few seconds. */
const MEMORY_PREFIXES = ['events/', 'leases/'];

/** The master's part that was made and the logger it ends its life with. */
export interface Master {
  readonly parts: Lifecycle;
  readonly log: Logger;
}

/** Makes every part of a master with what it works with. Nothing listens before `parts.start()`. */
export async function buildMaster(config: MasterConfig, clock: Clock = systemClock): Promise<Master> {
  const log = createLogger(config.logLevel);
  const part = (name: string) => log.child({ part: name });
  const ca = await CertificateAuthority.open(join(config.dataDir, 'pki'), clock);
  const certificate = servingCertificate(config, ca, clock, part('pki'));
  const tls = await certificate.ensure();
  const store = await SqliteStore.open({
    dataDir: config.dataDir,
    memoryPrefixes: MEMORY_PREFIXES,
    clock,
    log: part('store'),
  });
  // All but Events, which come in crowds and which no part of the master reads.
  const cachedKinds = KINDS.filter((kind) => !kind.storedAs && kind !== EVENT);
  const cache = new StoreObjectCache(store, cachedKinds, part('cache'));
  const engine = new ResourceEngine({
    store,
    clock,
    admission: admission(config, { store, cache, cachedKinds, clock }),
  });
  const client = new LocalClient(engine, POD);
  const events = new ApiEventRecorder({ client, kind: EVENT, clock, log: part('events') });
  const shared: ControllerParts = { client, cache, events, clock, log: part('controllers') };
  const hold = await RestoreHold.read(config.dataDir, clock);
  const nodes = nodeSessions(config, { ...shared, log: part('nodes'), ca, awaitMs: hold.awaitMs });
  const api = new ApiServer({
    listen: config.listen,
    tls: () => certificate.current,
    engine,
    kinds: new KindTable(KINDS),
    connect: new PodStreams({ nodes: nodes.sessions, clock, log: part('streams') }),
    routes: [
      new SnapshotRoute(config.dataDir, (path) => store.snapshotTo(path)),
      new StatusRoute({ dataDir: config.dataDir, version: VERSION, startedAt: clock.now() }),
      new ProxyRoute({ nodes: nodes.sessions, cache, clock, log: part('proxy') }),
    ],
    openRoutes: [downloads(config, ca, clock)],
    version: VERSION,
    advertise: `${config.advertiseAddress}:${config.listen.port}`,
    clock,
    log: part('apiserver'),
  });
  const nodeServer = new NodeServer({
    listen: config.grpcListen,
    certificate,
    enrollment: nodes.enrollment,
    nodes: nodes.sessions,
    log: part('nodes'),
  });
  certificate.onChange(() => api.renewTls());
  // Started in this order, stopped in reverse: the API answers last, when there is everything behind it.
  const parts = new Lifecycle(log).add(
    { name: 'store', stop: () => store.close() },
    // Before the first write: admission reads it.
    cache,
    bootstrapPart(config, client),
    ...controllers(config, shared, { caPem: tls.caPem, cachedKinds, awaitMs: hold.awaitMs }).map(
      (reconciler) => new Controller(reconciler, shared),
    ),
    new GarbageCollector(shared, cachedKinds),
    hold.guard({
      cache,
      isConnected: (node) => nodes.sessions.isConnected(node),
      held: new Scheduler({ ...shared, log: part('scheduler'), registry: new RegistryClient(config.registryMirrors) }),
      clock,
      log: part('restore'),
    }),
    new Housekeeping(
      [
        eventChore(engine, clock),
        tokenChore(client, clock),
        ...backupChores(config, { store, clock, log: part('backup') }),
      ],
      part('housekeeping'),
    ),
    nodes.sessions,
    nodeServer,
    certificate,
    api,
    kubeconfigPart(config, ca, clock),
  );
  return { parts, log };
}

function downloads(config: MasterConfig, ca: CertificateAuthority, clock: Clock): DownloadRoute {
  return new DownloadRoute({
    files: new ReleaseFiles(config.dataDir),
    caPem: ca.caPem,
    grpcPort: config.grpcListen.port,
    address: `${config.advertiseAddress}:${config.listen.port}`,
    clock,
  });
}

function admission(config: MasterConfig, parts: Pick<AdmissionOptions, 'store' | 'cache' | 'cachedKinds' | 'clock'>) {
  const { first, last } = config.serviceNodePortRange;
  return defaultAdmission({
    ...parts,
    namespaceKind: NAMESPACE,
    serviceKind: SERVICE,
    nodePortRange: [first, last],
    defaultTolerationSeconds: config.defaultTolerationSeconds,
  });
}

function controllers(
  { listen, grpcListen, nodeMonitorGracePeriodMs }: MasterConfig,
  parts: ControllerParts,
  options: {
    readonly caPem: string;
    readonly cachedKinds: readonly KindDefinition[];
    readonly awaitMs: number;
  },
) {
  const { caPem, cachedKinds, awaitMs } = options;
  const slicesOf = slicesByService(parts.cache);
  return [
    serviceAccountController(parts),
    rootCaPublisher(parts, caPem),
    namespaceController(parts, KINDS, cachedKinds),
    podGarbageCollector(parts),
    taintEvictionController(parts, Math.max(2 * nodeMonitorGracePeriodMs, awaitMs)),
    finishedPodCollector(parts),
    resourceQuotaController(parts, cachedKinds),
    disruptionController(parts, cachedKinds),
    staleDisruptionController(parts),
    replicationController(parts),
    replicaSetController(parts),
    deploymentController(parts),
    statefulSetController(parts),
    claimController(parts),
    volumeController(parts),
    daemonSetController(parts),
    jobController(parts),
    jobOrphanPodController(parts),
    ttlAfterFinishedController(parts),
    cronJobController(parts),
    endpointsController(parts),
    endpointSliceController(parts, slicesOf),
    endpointSliceMirroringController(parts, slicesOf),
    ingressController(parts),
    loadBalancerController(parts, { ownPorts: nodeOwnPorts([listen.port, grpcListen.port]), slicesOf }),
    serviceCidrController(parts),
    serviceIpRepairController(parts),
    ipAddressRepairController(parts),
  ];
}

/** Events are kept for an hour; looking every five minutes is exact enough. */
function eventChore(engine: ResourceEngine, clock: Clock): Chore {
  const sweeper = new EventSweeper(engine, EVENT, clock);
  return { name: 'forget old events', cron: '*/5 * * * *', run: async () => void (await sweeper.sweep()) };
}

function backupChores(config: MasterConfig, parts: { store: SqliteStore; clock: Clock; log: Logger }): Chore[] {
  const { dataDir, backup } = config;
  const snapshot = (path: string) => parts.store.snapshotTo(path);
  return backup ? [backupChore(backup, { ...parts, dataDir, snapshot })] : [];
}

function servingCertificate(
  config: MasterConfig,
  ca: CertificateAuthority,
  clock: Clock,
  log: Logger,
): ServingCertificate {
  const names = () =>
    servingNames({
      hostname: hostname(),
      advertiseAddress: config.advertiseAddress,
      hostAddresses: Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address)),
      serviceIp: kubernetesServiceIp(config),
      clusterDomain: config.clusterDomain,
    });
  return new ServingCertificate({ dir: join(config.dataDir, 'pki'), ca, names, clock, log });
}

function nodeSessions(
  config: MasterConfig,
  parts: ControllerParts & { readonly ca: CertificateAuthority; readonly awaitMs: number },
) {
  const { ca, client, clock, log } = parts;
  const tokens = new JoinTokens({ client, caHash: ca.hash, clock });
  const enrollment = new Enrollment({ ca, tokens, client, events: parts.events, clock, log });
  const welcome = {
    clusterDomain: config.clusterDomain,
    clusterDns: config.clusterDns,
    clusterCidr: config.clusterCidr.text,
    serviceCidr: config.serviceCidr.text,
  };
  const place = { listen: config.grpcListen, advertiseAddress: config.advertiseAddress, hostname: hostname() };
  const inner = [config.clusterCidr, config.serviceCidr];
  const addresses = () => masterAddresses({ ...place, inner, interfaces: networkInterfaces() });
  return {
    enrollment,
    sessions: new NodeSessions({
      ...parts,
      enrollment,
      welcome,
      graceMs: config.nodeMonitorGracePeriodMs,
      masterAddresses: addresses,
    }),
  };
}

function bootstrapPart(config: MasterConfig, client: ResourceClient): Part {
  const { advertiseAddress: ip, listen, clusterDns: dnsIp } = config;
  const { text: serviceCidr } = config.serviceCidr;
  const api = { serviceIp: kubernetesServiceIp(config), serviceCidr, ip, port: listen.port, dnsIp };
  return { name: 'bootstrap', start: () => bootstrap(client, api) };
}

/** Last, so that whoever waits for the file finds an API that answers. */
function kubeconfigPart(config: MasterConfig, ca: CertificateAuthority, clock: Clock): Part {
  const server = `https://${config.advertiseAddress}:${config.listen.port}`;
  return {
    name: 'kubeconfig',
    start: async () => {
      await writeKubeconfig(join(config.dataDir, 'kubeconfig'), { ca, server, now: clock.now() });
    },
  };
}
