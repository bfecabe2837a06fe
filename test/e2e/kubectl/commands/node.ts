import type { Scenario } from '../command.ts';

export const NODE: Scenario = {
  title: 'cordon, taint, drain and label of the node',
  name: 'node',
  isAlone: true,
  given: [
    'kubectl run bare --image=busybox:1 --restart=Never --overrides=\'{"spec":{"terminationGracePeriodSeconds":1}}\' -- sleep 1000',
  ],
  commands: [
    { run: 'kubectl cordon <node>', prints: 'node/<node> cordoned' },
    { run: 'kubectl cordon <node>', prints: 'node/<node> already cordoned' },
    {
      run: 'kubectl get node <node>',
      prints: 'NAME STATUS ROLES AGE VERSION\n<node> Ready,SchedulingDisabled <none> <age> v1.36.0+bramble.<any>',
    },
    { run: 'kubectl uncordon <node>', prints: 'node/<node> uncordoned' },
    { run: 'kubectl taint node <node> moon=dark:NoSchedule', prints: 'node/<node> tainted' },
    {
      run: 'kubectl taint node <node> moon=bright:NoSchedule',
      exits: 1,
      complains: 'error: node <node> already has moon taint(s) with same effect(s) and --overwrite is false',
    },
    { run: 'kubectl taint node <node> moon-', prints: 'node/<node> untainted' },
    { run: 'kubectl label node <node> disk=ssd', prints: 'node/<node> labeled' },
    { run: 'kubectl get nodes -l disk=ssd -o name', prints: 'node/<node>' },
    {
      run: 'kubectl label node <node> disk-',
      prints: [
        [20, 'node/<node> labeled'],
        [27, 'node/<node> unlabeled'],
      ],
    },
    { run: 'kubectl label node <node> node-role.kubernetes.io/worker=', prints: 'node/<node> labeled' },
    { run: 'kubectl get nodes --no-headers', prints: '<node> Ready worker <age> <any>' },
    { run: 'kubectl label node <node> node-role.kubernetes.io/worker- > gone.txt' },
    {
      run: 'kubectl drain <node> --dry-run=client --pod-selector=run=bare',
      exits: 1,
      prints: '...',
      complains: '...\n<any>cannot delete <any>: <ns>/bare<any>\n...',
    },
    {
      run: 'kubectl drain <node> --dry-run=client --force --pod-selector=run=bare',
      prints: 'node/<node> cordoned (dry run)\n...\nnode/<node> drained (dry run)',
      complains: '...',
    },
    {
      run: 'kubectl drain <node> --force --pod-selector=run=bare --timeout=60s',
      prints: [
        // It evicts only where policy/v1beta1 is served.
        [20, 'node/<node> cordoned\n...\npod/bare <any>\nnode/<node> <any>'],
        [27, 'node/<node> cordoned\nevicting pod <ns>/bare\npod/bare evicted\nnode/<node> <any>'],
      ],
      complains: '...',
    },
    { run: 'kubectl uncordon <node>', prints: 'node/<node> uncordoned' },
    {
      run: 'kubectl cordon nothing',
      exits: 1,
      complains: '<any>nodes "nothing" not found',
    },
  ],
};
