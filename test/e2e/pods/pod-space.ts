import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { CoreEvent, Pod } from '../../../src/api/types.ts';
import type { ApiClient } from '../../../src/cli/api-client.ts';
import type { TestCluster } from '../../lib/cluster.ts';
import { eventually } from '../../lib/eventually.ts';
import type { Kubectl, KubectlOptions, KubectlResult } from '../../lib/kubectl.ts';

const run = promisify(execFile);

/** The newest kubectl when none is given. */
type Options = Partial<KubectlOptions> & { readonly kubectl?: Kubectl };

/** How a cluster is reached, on one machine or in a lab. */
interface Reachable {
  readonly api: ApiClient;
  kubectl(args: readonly string[], options?: Options): Promise<KubectlResult>;
}

/** A namespace of its own in a cluster, and what a user sees of the pods in it. */
export class PodSpace<Cluster extends Reachable = TestCluster> {
  readonly cluster: Cluster;
  readonly namespace: string;

  private constructor(cluster: Cluster, namespace: string) {
    this.cluster = cluster;
    this.namespace = namespace;
  }

  static async open<Cluster extends Reachable>(cluster: Cluster, name: string): Promise<PodSpace<Cluster>> {
    const metadata = { name: `${name}-${process.pid}` };
    await cluster.api.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata });
    return new PodSpace(cluster, metadata.name);
  }

  /** Takes the namespace away with all that is in it, and waits until it is gone. */
  async close(): Promise<void> {
    await this.ok(['delete', 'namespace', this.namespace, '--timeout=90s']);
  }

  kubectl(args: readonly string[], options: Options = {}): Promise<KubectlResult> {
    return this.cluster.kubectl(['--namespace', this.namespace, ...args], options);
  }

  /** kubectl that must succeed. @returns what it printed */
  async ok(args: readonly string[], options: Options = {}): Promise<string> {
    const { code, stdout, stderr } = await this.kubectl(args, options);
    assert.equal(code, 0, `kubectl ${args.join(' ')}: ${stderr}`);
    return stdout;
  }

  /** `kubectl apply` of all manifests at once. @returns what kubectl wrote to stderr: warnings */
  async apply(...manifests: readonly object[]): Promise<string> {
    const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifests });
    const { code, stderr } = await this.kubectl(['apply', '-f', '-'], { input });
    assert.equal(code, 0, stderr);
    return stderr;
  }

  get(name: string): Promise<Pod> {
    return this.cluster.api.get<Pod>(`/api/v1/namespaces/${this.namespace}/pods/${name}`);
  }

  /** The pod as soon as `check` does not throw for it. */
  until(name: string, check: (pod: Pod) => void, timeoutMs = 60_000): Promise<Pod> {
    return eventually(async () => {
      const pod = await this.get(name);
      try {
        check(pod);
      } catch (cause) {
        throw new Error(`pod ${name}: ${String(cause)}\n${JSON.stringify(pod.status)}`, { cause });
      }
      return pod;
    }, timeoutMs);
  }

  phase(name: string, phase: string, timeoutMs?: number): Promise<Pod> {
    return this.until(name, (pod) => assert.equal(pod.status?.phase, phase), timeoutMs);
  }

  /** Running, with every container ready. */
  ready(name: string): Promise<Pod> {
    return this.until(name, (pod) =>
      assert.equal(pod.status?.conditions?.find(({ type }) => type === 'Ready')?.status, 'True'),
    );
  }

  async gone(name: string, timeoutMs = 60_000): Promise<void> {
    await eventually(async () => {
      const pod = await this.get(name).catch((error: Error & { code?: number }) => {
        if (error.code === 404) return undefined;
        throw error;
      });
      assert.equal(pod, undefined, `pod ${name} is still there`);
    }, timeoutMs);
  }

  /** NAME READY STATUS RESTARTS AGE of `kubectl get pod`, without NAME and AGE: `1/1 Running 2 (5s ago)`. */
  async row(name: string): Promise<string> {
    const line = await this.ok(['get', 'pod', name, '--no-headers']);
    return line
      .trim()
      .split(/\s{2,}/)
      .slice(1, 4)
      .join(' ');
  }

  /** Waits until `kubectl get pod` prints such a row. */
  rowMatches(name: string, pattern: RegExp, timeoutMs = 60_000): Promise<void> {
    return eventually(async () => assert.match(await this.row(name), pattern), timeoutMs);
  }

  /** Its events as `Type Reason Message`, in the order they first came. */
  async events(name: string): Promise<string[]> {
    const selector = encodeURIComponent(`involvedObject.name=${name}`);
    const path = `/api/v1/namespaces/${this.namespace}/events?fieldSelector=${selector}`;
    const { items } = await this.cluster.api.get<{ items: CoreEvent[] }>(path);
    return items
      .sort((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion))
      .map(({ type, reason, message }) => `${type} ${reason} ${message}`);
  }

  /** Waits for an event of these words. */
  event(name: string, pattern: RegExp, timeoutMs = 60_000): Promise<void> {
    return eventually(async () => assert.match((await this.events(name)).join('\n'), pattern), timeoutMs);
  }

  /** The whole output of a container. */
  async logs(name: string, container = 'main'): Promise<string> {
    return this.ok(['logs', name, '--container', container]);
  }

  /** The output once a line matches. */
  output(name: string, pattern: RegExp, container = 'main'): Promise<string> {
    return eventually(async () => {
      const text = await this.logs(name, container);
      assert.match(text, pattern);
      return text;
    }, 60_000);
  }

  /** The id that Docker knows a container by. */
  async engineId(name: string, container = 'main'): Promise<string> {
    const { status } = await this.get(name);
    const all = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])];
    const id = all.find((c) => c.name === container)?.containerID ?? '';
    assert.match(id, /^docker:\/\/[0-9a-f]{64}$/, `container ${container} of ${name} was not made yet`);
    return id.slice('docker://'.length);
  }

  /** A field of `docker inspect` of a container. */
  async inspect<T>(name: string, field: string, container = 'main'): Promise<T> {
    const id = await this.engineId(name, container);
    const { stdout } = await run('docker', ['inspect', '--format', `{{json ${field}}}`, id]);
    return JSON.parse(stdout) as T;
  }
}
