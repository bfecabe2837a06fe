import { Command } from 'commander';
import type { Node, Pod } from '../../api/types.ts';
import { ApiClient } from '../api-client.ts';
import { kubeconfigOf, withDataDir } from '../data-dir.ts';
import { textTable } from '../text-table.ts';

/** `bramble status`: the cluster at a glance, and what in it needs attention. */
export function statusCommand(): Command {
  return withDataDir(new Command('status'))
    .description('show nodes and pods at a glance, and what needs attention')
    .addHelpText('after', '\nExample:\n  bramble status')
    .action(async ({ dataDir }: { dataDir: string }) => {
      const api = new ApiClient(kubeconfigOf(dataDir));
      const [nodes, pods, version] = await Promise.all([
        api.get<{ items: Node[] }>('/api/v1/nodes'),
        api.get<{ items: Pod[] }>('/api/v1/pods'),
        api.get<{ gitVersion: string }>('/version'),
      ]);
      console.log(`${api.server} answers, ${version.gitVersion}\n`);
      console.log(overview(nodes.items, pods.items));
    });
}

/** Nodes with how many pods run on each, then the pods that neither run nor have finished. */
export function overview(nodes: readonly Node[], pods: readonly Pod[]): string {
  if (nodes.length === 0) return "no nodes: 'bramble token create' makes a token that lets one join";
  const nodeRows = nodes.map((node) => {
    const mine = pods.filter((pod) => pod.spec.nodeName === node.metadata.name);
    const running = mine.filter((pod) => pod.status?.phase === 'Running');
    return [node.metadata.name, readiness(node), address(node), `${running.length}/${mine.length}`];
  });
  const waiting = pods.filter((pod) => !['Running', 'Succeeded'].includes(pod.status?.phase ?? ''));
  const podRows = waiting.map((pod) => [
    pod.metadata.namespace ?? '',
    pod.metadata.name,
    pod.status?.phase ?? '',
    pod.spec.nodeName ?? '<none>',
  ]);
  const attention = podRows.length > 0 ? textTable(['NAMESPACE', 'POD', 'PHASE', 'NODE'], podRows) : 'every pod runs';
  return `${textTable(['NODE', 'STATUS', 'ADDRESS', 'PODS RUNNING'], nodeRows)}\n\n${attention}`;
}

function readiness(node: Node): string {
  const ready = node.status?.conditions?.find(({ type }) => type === 'Ready');
  return ready?.status === 'True' ? 'Ready' : `NotReady: ${ready?.message ?? 'it has not reported yet'}`;
}

function address(node: Node): string {
  return node.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? '<none>';
}
