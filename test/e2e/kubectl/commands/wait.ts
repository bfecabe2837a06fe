import type { Scenario } from '../command.ts';
import { PENDING_POD, TALKING_POD } from '../manifests.ts';

export const WAIT: Scenario = {
  title: 'wait',
  name: 'wait',
  files: { 'web.yaml': TALKING_POD, 'far.yaml': PENDING_POD },
  commands: [
    { run: 'kubectl create -f web.yaml -f far.yaml', prints: 'pod/web created\npod/far created' },
    { run: 'kubectl wait --for=condition=Ready pod/web --timeout=60s', prints: 'pod/web condition met' },
    {
      run: `kubectl wait --for=jsonpath='{.status.phase}'=Running pod/web --timeout=60s`,
      from: 27,
      prints: 'pod/web condition met',
    },
    { run: 'kubectl wait --for=condition=Ready pods -l app=web', prints: 'pod/web condition met' },
    { run: 'kubectl wait --for=condition=PodScheduled=false pod/far', prints: 'pod/far condition met' },
    {
      run: 'kubectl wait --for=condition=Ready pod/far --timeout=1s',
      exits: 1,
      complains: 'error: timed out waiting for the condition on pods/far',
    },
    {
      run: 'kubectl wait --for=condition=Ready pod/nothing --timeout=1s',
      exits: 1,
      complains: 'Error from server (NotFound): pods "nothing" not found',
    },
    { run: 'kubectl wait --for=create pod/far', from: 31, prints: 'pod/far condition met' },
    {
      run: 'kubectl delete pod far --wait=false; kubectl wait --for=delete pod/far --timeout=30s; kubectl get pod far --ignore-not-found',
      prints: 'pod "far" deleted',
      // 1.20 finds no fault in the object being gone, but in there being nothing to wait for.
      complains: [
        [20, 'error: no matching resources found'],
        [27, ''],
      ],
    },
    {
      run: 'kubectl wait --for=delete pod/web --timeout=60s & kubectl delete pod web; wait',
      prints: '...\npod "web" deleted\n...',
    },
  ],
};
