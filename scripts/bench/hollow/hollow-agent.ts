import { generateKeyPairSync } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { certificateRequest } from '../../../src/agent/uplink/identity.ts';
import type { Node, Pod, PodStatus } from '../../../src/api/types.ts';
import { RpcClient } from '../../../src/rpc/client.ts';
import type { MessageStream } from '../../../src/rpc/message-stream.ts';
import type { AgentMessage, EnrollRequest, MasterMessage, ObjectDelta } from '../../../src/rpc/messages.ts';

const ENROLL_ATTEMPTS = 10;

/** What all hollow agents of a process have in common. */
export interface HollowMaster {
  /** `host:port` of its gRPC. */
  readonly address: string;
  readonly token: string;
  readonly caPem: string;
}

/** An agent without a machine: it joins, beats and takes pods as a real one does, and says of every pod at once that it runs. */
export class HollowAgent {
  readonly #master: HollowMaster;
  readonly #name: string;
  readonly #ip: string;
  readonly #running = new Set<string>();
  #stream: MessageStream<MasterMessage, AgentMessage> | undefined;
  #beat: NodeJS.Timeout | undefined;

  /** @param index makes its name and its address */
  constructor(master: HollowMaster, index: number) {
    this.#master = master;
    this.#name = `hollow-${String(index).padStart(4, '0')}`;
    this.#ip = `192.168.${100 + (index >> 8)}.${index & 255}`;
  }

  /** Enrols with a key of its own and opens the session. @returns as soon as the master has welcomed it */
  async start(): Promise<void> {
    const { address, token, caPem } = this.#master;
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const keyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const csrPem = await certificateRequest(keyPem, this.#name);
    const certificatePem = await this.#enroll({ token, nodeName: this.#name, csrPem });
    const client = new RpcClient({ address, caPem, identity: { keyPem, certPem: certificatePem } });
    this.#stream = client.session();
    const welcomed = Promise.withResolvers<void>();
    this.#receive(this.#stream, () => welcomed.resolve()).catch((error: unknown) => welcomed.reject(error));
    await this.#stream.write({ hello: { agentVersion: 'hollow', node: json(this.#node()) } });
    await welcomed.promise;
  }

  /** Again and again while the master is too busy to answer, as a real agent does. */
  async #enroll(request: EnrollRequest): Promise<string> {
    const { address, caPem } = this.#master;
    for (let attempt = 1; ; attempt++) {
      const stranger = new RpcClient({ address, caPem });
      try {
        return (await stranger.enroll(request)).certificatePem;
      } catch (error) {
        if (attempt === ENROLL_ATTEMPTS) throw error;
        await sleep(1000);
      } finally {
        stranger.close();
      }
    }
  }

  async #receive(stream: MessageStream<MasterMessage, AgentMessage>, onWelcome: () => void): Promise<void> {
    try {
      for await (const { welcome, delta } of stream) {
        if (welcome) {
          this.#beat = setInterval(() => void this.#send({ heartbeat: {} }), welcome.heartbeatIntervalMs);
          onWelcome();
        }
        if (delta?.kind === 'Pod') this.#onPod(delta);
      }
    } finally {
      clearInterval(this.#beat);
    }
  }

  #onPod({ operation, namespace, name, uid, object }: ObjectDelta): void {
    if (operation === 'DELETE') {
      this.#running.delete(uid);
      return;
    }
    const pod = JSON.parse(Buffer.from(object).toString()) as Pod;
    if (pod.metadata.deletionTimestamp) void this.#send({ podGone: { namespace, name, uid } });
    else if (!this.#running.has(uid)) {
      this.#running.add(uid);
      void this.#send({ pod: { namespace, name, uid, status: json(this.#statusOf(pod)) } });
    }
  }

  /** What the line does not take is not missed: a session that breaks ends the measurement by its figures. */
  async #send(message: AgentMessage): Promise<void> {
    await this.#stream?.write(message).catch(() => {});
  }

  #statusOf({ spec }: Pod): PodStatus {
    const at = now();
    const isTrue = (type: string) => ({ type, status: 'True' as const, lastTransitionTime: at });
    const podIP = `10.16.0.${this.#running.size % 250}`;
    return {
      phase: 'Running',
      conditions: ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map(isTrue),
      hostIP: this.#ip,
      hostIPs: [{ ip: this.#ip }],
      podIP,
      podIPs: [{ ip: podIP }],
      startTime: at,
      containerStatuses: spec.containers.map(({ name, image = '' }) => ({
        name,
        image,
        imageID: image,
        ready: true,
        started: true,
        restartCount: 0,
        state: { running: { startedAt: at } },
      })),
    };
  }

  #node(): Node {
    const amounts = { cpu: '4', memory: '8Gi', 'ephemeral-storage': '100Gi', pods: '110' };
    const pressures = ['MemoryPressure', 'DiskPressure', 'PIDPressure'].map((type) => ({
      type,
      status: 'False' as const,
    }));
    return {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name: this.#name,
        labels: { 'kubernetes.io/hostname': this.#name, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' },
      },
      spec: {},
      status: {
        capacity: amounts,
        allocatable: amounts,
        conditions: [...pressures, { type: 'Ready', status: 'True', reason: 'KubeletReady' }],
        addresses: [
          { type: 'InternalIP', address: this.#ip },
          { type: 'Hostname', address: this.#name },
        ],
      },
    };
  }
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function now(): string {
  return `${new Date().toISOString().slice(0, 19)}Z`;
}
