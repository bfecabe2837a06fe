/** Runs a program where the engine is. @returns its output @throws Error when it fails */
export type Run = (program: string, args: readonly string[]) => Promise<string>;

/** A container as `docker ps` shows it. */
export interface EngineContainer {
  readonly id: string;
  readonly podUid: string;
  readonly podName: string;
  /** `POD` for a sandbox. */
  readonly container: string;
  readonly isRunning: boolean;
}

/** All containers of an agent. @throws Error when the engine is away */
export async function listContainers(run: Run, owner: string): Promise<EngineContainer[]> {
  const labels = ['pod.uid', 'pod.name', 'container.name'].map((name) => `{{.Label "io.kubernetes.${name}"}}`);
  const format = ['{{.ID}}', '{{.State}}', ...labels].join('\t');
  const filter = `label=io.bramble.owner=${owner}`;
  const text = await run('docker', ['ps', '-a', '--no-trunc', '--filter', filter, '--format', format]);
  return text
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [id = '', state = '', podUid = '', podName = '', container = ''] = line.split('\t');
      return { id, podUid, podName, container, isRunning: state === 'running' };
    });
}

/** Ids of the containers that have an endpoint on a network. */
export async function listEndpoints(run: Run, network: string): Promise<string[]> {
  const text = await run('docker', ['network', 'inspect', '--format', '{{json .Containers}}', network]);
  return Object.keys(JSON.parse(text) as Record<string, unknown>);
}
