import { join } from 'node:path';
import type { NodeCondition, Pod } from '../api/types.ts';
import { KUBERNETES_VERSION, VERSION } from '../api/version.ts';
import { type Clock, systemClock } from '../lib/clock.ts';
import { Lifecycle, type Part } from '../lib/lifecycle.ts';
import { createLogger, type Logger } from '../lib/logger.ts';
import type { Reports } from './assignments.ts';
import { bootOfMachine } from './boot.ts';
import { buildNetwork } from './build-network.ts';
import { buildNodeLife } from './build-node-life.ts';
import { type AgentConfig, namesOf } from './config.ts';
import { Haproxy } from './ingress/haproxy.ts';
import { ingressFolder } from './ingress/haproxy-config.ts';
import { IngressKeeper } from './ingress/ingress-keeper.ts';
import { unfit } from './pods/admission.ts';
import { PodManager } from './pods/manager.ts';
import { DockerRuntime } from './runtime/docker.ts';
import { standings } from './services/endpoint-role.ts';
import type { FollowedEndpoints } from './services/followed-endpoints.ts';
import { StateFile } from './state-file.ts';
import type { NodeResources } from './stats/build-node.ts';
import { readHostFacts } from './stats/host-facts.ts';
import { NodeReporter } from './stats/node-reporter.ts';
import { AgentStreams } from './streams/agent-streams.ts';
import { Contact, contactPath } from './uplink/contact.ts';
import { enrollAgain, ensureEnrolled } from './uplink/enroll.ts';
import { IdentityStore, nodeNameOf } from './uplink/identity.ts';
import { DurableMap, keptPath } from './uplink/kept/durable-map.ts';
import { Uplink } from './uplink/uplink.ts';
import { volumesDirOf } from './volumes/claim.ts';
import { FolderRemover } from './volumes/folder-remover.ts';

/** What only the start needs to know, and no logger is given. */
export interface AgentSecrets {
  /** undefined is fine for a node that has joined already. */
  readonly joinToken: string | undefined;
}

export interface Agent {
  readonly parts: Lifecycle;
  readonly log: Logger;
}

/**
 * Joins the cluster where that has not happened yet, and makes every part of an agent.
 * @throws EnrollmentError that says what to do when the master refuses.
 */
export async function buildAgent(
  config: AgentConfig,
  secrets: AgentSecrets,
  signal: AbortSignal,
  clock: Clock = systemClock,
): Promise<Agent> {
  const log = createLogger(config.logLevel);
  const part = (name: string) => log.child({ part: name });
  const { uplink, nodeName } = await openUplink(config, secrets, signal, { clock, log: part('uplink') });
  const { network: networkName, owner } = namesOf(config.bridge);
  const runtime = new DockerRuntime({
    host: config.dockerHost,
    owner,
    network: networkName,
    pauseImage: config.pauseImage,
    logs: { maxBytes: config.nodeLife.logMaxBytes, maxFiles: config.nodeLife.logMaxFiles },
    clock,
    log: part('runtime'),
  });
  const nodeNetwork = await buildNetwork(config, {
    runtime,
    uplink,
    nodeName,
    onChange: () => {
      reporter.refresh();
      pods.wakeAll();
    },
    clock,
    log: part('network'),
  });
  const { address, keeper, network, followed } = nodeNetwork;
  const life = buildNodeLife(config, {
    runtime,
    reports: uplink.reports,
    pods: () => pods,
    engineFolder: () => reporter.engineFolder,
    onChange: () => reporter.refresh(),
    clock,
    log,
  });
  const ingress = ingressPart(config, { uplink, followed }, () => reporter.refresh(), { clock, log: part('ingress') });
  /** The master's labels and taints, this machine's own sizes: what the master has of those may be older. */
  const unfitHere = (pod: Pod, held: readonly Pod[]) => {
    const { node } = uplink;
    const allocatable = reporter.node?.status?.allocatable ?? node?.status?.allocatable;
    return node && unfit(pod, held, { ...node, status: { ...node.status, allocatable } });
  };
  const pods = new PodManager({
    runtime,
    network,
    assignments: uplink.assignments,
    reports: uplink.reports,
    contact: uplink.contact,
    // Not known before the first session, which is no reason to wait any longer.
    graceMs: () => uplink.settings?.nodeMonitorGracePeriodMs ?? 0,
    clock,
    log: part('pods'),
    dataDir: config.dataDir,
    settings: () => namesOfCluster(uplink),
    standings: standings(uplink),
    refusal: (pod, held) => life.refusal(pod) ?? unfitHere(pod, held),
    onPulled: life.onPulled,
    node: () => ({
      name: nodeName,
      ip: address.current,
      isNetworkReady: keeper.isReady,
      allocatable: uplink.node?.status?.allocatable ?? {},
      object: uplink.node,
    }),
    boot: bootOfMachine(),
  });
  const reporter = new NodeReporter({
    nodeName,
    nodeIp: () => address.current,
    labels: config.nodeLabels,
    volumesDir: volumesDirOf(config.dataDir),
    version: KUBERNETES_VERSION,
    host: await readHostFacts(),
    runtime,
    networkProblem: nodeNetwork.problem,
    lanFacts: nodeNetwork.lanFacts,
    resources: () => withCondition(life.resources(), ingress.condition),
    report: (node) => uplink.reportNode(node),
    tell: (event) => uplink.reports.event({ pod: undefined, fieldPath: '', ...event }),
    clock,
    log: part('stats'),
  });
  await life.look();
  const streams = new AgentStreams({ runtime, assignments: uplink.assignments, clock, log: part('streams') });
  uplink.onOpenStream((request, dial) => streams.serve(request, dial));
  const refreshing = refreshingPart(pods, () => {
    reporter.refresh();
    // Docker that comes back has put its own rules before ours.
    keeper.wake();
  });
  const stateFile = new StateFile({ ...config, nodeName }, { uplink, clock, log: part('state') });
  const first = [refreshing, stateFile, reporter, foldersPart(config, nodeName, uplink, part('volumes')), uplink];
  return { parts: new Lifecycle(log).add(...first, ...nodeNetwork.parts, pods, ...life.parts, ingress), log };
}

/** Where pods look names up. */
function namesOfCluster({ settings }: Uplink) {
  return { clusterDomain: settings?.clusterDomain ?? 'cluster.local', clusterDns: settings?.clusterDns || undefined };
}

function ingressPart(
  { dataDir, ingressHttpPort: httpPort, ingressHttpsPort: httpsPort }: AgentConfig,
  { uplink, followed }: { uplink: Uplink; followed: FollowedEndpoints },
  onChange: () => void,
  { clock, log }: { clock: Clock; log: Logger },
): IngressKeeper {
  const folder = ingressFolder(dataDir);
  const proxy = new Haproxy(folder, { clock, onEnd: () => keeper.wake() });
  const settings = { folder, httpPort, httpsPort };
  const keeper = new IngressKeeper({ sources: uplink.ingress, proxy, settings, followed, onChange, clock, log });
  return keeper;
}

function withCondition(resources: NodeResources, condition: NodeCondition): NodeResources {
  return { ...resources, health: [...resources.health, condition] };
}

function refreshingPart(pods: PodManager, onChange: () => void): Part {
  return { name: 'runtime-health', start: () => void pods.runtimeHealth.subscribe(onChange) };
}

function foldersPart(config: AgentConfig, nodeName: string, uplink: Uplink, log: Logger): Part {
  const { assignments, reports } = uplink;
  const tell: Reports['volumeGone'] = (volume) => reports.volumeGone(volume);
  return new FolderRemover({ nodeName, volumesDir: volumesDirOf(config.dataDir), assignments, tell, log });
}

async function openUplink(
  config: AgentConfig,
  { joinToken }: AgentSecrets,
  signal: AbortSignal,
  { clock, log }: { clock: Clock; log: Logger },
): Promise<{ uplink: Uplink; nodeName: string }> {
  const store = new IdentityStore(join(config.dataDir, 'agent'));
  const masters = config.masters.map(({ host, port }) => `${host}:${port}`);
  const wanted = { nodeName: config.nodeName, mayRename: !config.isNodeNameGiven };
  const enrolling = { masters, ...wanted, store, clock, log };
  const identity = await ensureEnrolled({ ...enrolling, token: joinToken }, signal);
  const nodeName = nodeNameOf(identity.certPem) ?? config.nodeName;
  const kept = await DurableMap.open({ path: keptPath(config.dataDir), keyPem: identity.keyPem, clock, log });
  const contact = new Contact({ path: contactPath(config.dataDir), clock, log });
  const agentVersion = VERSION;
  return {
    nodeName,
    uplink: new Uplink({
      masters,
      nodeName,
      identity,
      store,
      enrollAgain: joinToken
        ? (address) => enrollAgain(address, { ...enrolling, nodeName, token: joinToken })
        : undefined,
      kept,
      contact,
      agentVersion,
      clock,
      log,
    }),
  };
}
