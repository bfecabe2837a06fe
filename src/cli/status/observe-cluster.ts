import type { CoreEvent, Node, Pod } from '../../api/types.ts';
import { type MasterStatus, STATUS_PATH } from '../../master/status-route.ts';
import type { ApiClient } from '../api-client.ts';
import type { ClusterFacts } from './cluster.ts';

const WARNINGS = `/api/v1/events?fieldSelector=${encodeURIComponent('type=Warning')}`;

/** @throws Error with the API's own message, or with what keeps it from answering */
export async function observeCluster(api: ApiClient): Promise<ClusterFacts> {
  const items = async <T>(path: string) => (await api.get<{ items: T[] }>(path)).items;
  const [master, nodes, pods, warnings] = await Promise.all([
    api.get<MasterStatus>(STATUS_PATH),
    items<Node>('/api/v1/nodes'),
    items<Pod>('/api/v1/pods'),
    items<CoreEvent>(WARNINGS),
  ]);
  return { server: api.server, master, nodes, pods, warnings };
}
