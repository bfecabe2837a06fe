import type { Scenario } from '../command.ts';
import { SETTINGS, TALKING_POD } from '../manifests.ts';

const IMMEDIATE =
  'Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.';

function configMaps(...names: readonly string[]): string {
  return names
    .map((name) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, labels: {group: ${name[0]}}}\n`)
    .join('---\n');
}

/** Ignores being told to end, as a busy or broken program does. */
const STUBBORN_POD = TALKING_POD.replaceAll('web', 'stubborn').replace('trap "exit 0" TERM;', 'trap "" TERM;');

export const DELETE: Scenario = {
  title: 'delete',
  name: 'delete',
  files: {
    'settings.yaml': SETTINGS,
    'web.yaml': TALKING_POD,
    'stubborn.yaml': STUBBORN_POD,
    'many.yaml': configMaps('a1', 'a2', 'b1', 'c1', 'd1', 'd2', 'e1'),
  },
  given: [
    'kubectl create -f settings.yaml -f many.yaml -f web.yaml -f stubborn.yaml',
    'kubectl wait --for=condition=Ready pod/web pod/stubborn --timeout=60s',
  ],
  commands: [
    {
      run: 'kubectl delete cm b1 --dry-run=server',
      prints: 'configmap "b1" deleted (server dry run)',
    },
    { run: 'kubectl delete cm b1 --dry-run=client', prints: 'configmap "b1" deleted (dry run)' },
    { run: 'kubectl delete cm b1', prints: 'configmap "b1" deleted' },
    { run: 'kubectl delete cm b1', exits: 1, complains: 'Error from server (NotFound): configmaps "b1" not found' },
    { run: 'kubectl delete cm b1 --ignore-not-found' },
    { run: 'kubectl delete cm -l group=a', prints: 'configmap "a1" deleted\nconfigmap "a2" deleted' },
    { run: 'kubectl delete cm -l group=zzz', prints: 'No resources found' },
    { run: 'kubectl delete cm c1 --cascade=orphan', prints: 'configmap "c1" deleted' },
    { run: 'kubectl delete cm d1 --wait=false', prints: 'configmap "d1" deleted' },
    { run: 'kubectl delete cm d2 --cascade=foreground', prints: 'configmap "d2" deleted' },
    { run: 'kubectl delete cm/e1 -o name', prints: 'configmap/e1' },
    { run: 'kubectl delete -f settings.yaml', prints: 'configmap "settings" deleted' },
    { run: 'kubectl delete pod web --now', prints: 'pod "web" deleted' },
    {
      run: 'kubectl get pods',
      prints: 'NAME READY STATUS RESTARTS AGE\nstubborn 1/1 Running 0 <age>',
    },
    { run: 'kubectl delete pod stubborn --wait=false', prints: 'pod "stubborn" deleted' },
    {
      run: 'kubectl get pods',
      prints: 'NAME READY STATUS RESTARTS AGE\nstubborn 1/1 Terminating 0 <age>',
    },
    {
      run: 'kubectl delete pod stubborn --force --grace-period=0',
      prints: 'pod "stubborn" force deleted',
      complains: [
        [20, `warning: ${IMMEDIATE}`],
        [27, `Warning: ${IMMEDIATE}`],
      ],
    },
    { run: 'kubectl get pods', complains: 'No resources found in <ns> namespace.' },
    { run: 'kubectl create -f settings.yaml', prints: 'configmap/settings created' },
    {
      // Every namespace has its copy of the CA at once again.
      run: 'kubectl delete configmaps --all',
      prints: 'configmap "kube-root-ca.crt" deleted\nconfigmap "settings" deleted',
    },
    { run: 'kubectl get cm -o name', settles: true, prints: 'configmap/kube-root-ca.crt' },
    { run: 'kubectl delete sa default', prints: 'serviceaccount "default" deleted' },
    { run: 'kubectl get sa -o name', settles: true, prints: 'serviceaccount/default' },
    {
      run: 'kubectl delete namespace kube-system',
      exits: 1,
      complains:
        'Error from server (Forbidden): namespaces "kube-system" is forbidden: this namespace may not be deleted',
    },
  ],
};
