import type { Scenario } from '../command.ts';
import { PENDING_POD, SETTINGS } from '../manifests.ts';

const PODS_ARE_FIXED = `Pod "far" is invalid: spec: Forbidden: pod updates may not change fields other than \`spec.containers[*].image\`,\`spec.initContainers[*].image\`,\`spec.activeDeadlineSeconds\`,\`spec.tolerations\` (only additions to existing tolerations),\`spec.terminationGracePeriodSeconds\` (allow it to be set to 1 if it was previously negative)
...`;

/** 1.27 swallowed the end of the word. */
const ANNOTATED = [
  [20, 'configmap/settings annotated'],
  [27, 'configmap/settings annotate'],
  [28, 'configmap/settings annotated'],
] as const;

const CANNOT_BE_APPLIED = [
  [20, 'The request is invalid'],
  [27, 'The request is invalid: the server rejected our request due to an error in our request'],
] as const;

export const CHANGE: Scenario = {
  title: 'label, annotate, patch and set',
  name: 'change',
  files: { 'settings.yaml': SETTINGS, 'far.yaml': PENDING_POD },
  given: ['kubectl create -f settings.yaml -f far.yaml', 'kubectl create service clusterip web --tcp=80:8080'],
  commands: [
    { run: 'kubectl label configmap settings tier=front', prints: 'configmap/settings labeled' },
    {
      run: 'kubectl label configmap settings tier=front',
      from: 27,
      prints: 'configmap/settings not labeled',
    },
    {
      run: 'kubectl label configmap settings tier=back',
      exits: 1,
      complains: "error: 'tier' already has a value (front), and --overwrite is false",
    },
    { run: 'kubectl label configmap settings tier=back --overwrite', prints: 'configmap/settings labeled' },
    { run: 'kubectl label configmap settings --list | sort', prints: 'set=all\ntier=back' },
    {
      run: 'kubectl label configmap settings tier-',
      prints: [
        [20, 'configmap/settings labeled'],
        [27, 'configmap/settings unlabeled'],
      ],
    },
    { run: 'kubectl label pods --all seen=1', prints: 'pod/far labeled' },
    {
      run: 'kubectl label pods -l seen=1 seen=2 --overwrite --dry-run=server',
      prints: [
        [20, 'pod/far labeled'],
        [27, 'pod/far labeled (server dry run)'],
      ],
    },
    { run: 'kubectl get pods -l seen=1 -o name', prints: 'pod/far' },
    { run: 'kubectl annotate configmap settings note="any text"', prints: ANNOTATED },
    { run: "kubectl get cm settings -o jsonpath='{.metadata.annotations}'", prints: '{"note":"any text"}' },
    { run: 'kubectl annotate configmap settings note-', prints: ANNOTATED },
    {
      run: `kubectl patch configmap settings -p '{"data":{"a":"1","b":null}}'`,
      prints: 'configmap/settings patched',
    },
    { run: "kubectl get cm settings -o jsonpath='{.data}'", prints: '{"a":"1"}' },
    {
      run: `kubectl patch configmap settings -p '{"data":{"a":"1"}}'`,
      prints: 'configmap/settings patched (no change)',
    },
    {
      run: `kubectl patch configmap settings --type=merge -p '{"data":{"c":"3"}}'`,
      prints: 'configmap/settings patched',
    },
    {
      run: `kubectl patch configmap settings --type=json -p '[{"op":"test","path":"/data/c","value":"3"},{"op":"move","from":"/data/c","path":"/data/d"}]'`,
      prints: 'configmap/settings patched',
    },
    { run: "kubectl get cm settings -o jsonpath='{.data}'", prints: '{"a":"1","d":"3"}' },
    {
      run: `kubectl patch configmap settings --type=json -p '[{"op":"test","path":"/data/a","value":"2"}]'`,
      exits: 1,
      complains: CANNOT_BE_APPLIED,
    },
    {
      run: `kubectl patch configmap settings --type=json -p '[{"op":"remove","path":"/data/nowhere"}]'`,
      exits: 1,
      complains: CANNOT_BE_APPLIED,
    },
    {
      run: 'kubectl patch configmap nothing -p "{}"',
      exits: 1,
      complains: 'Error from server (NotFound): configmaps "nothing" not found',
    },
    {
      // The port's number is the key of the list: this adds a port.
      run: `kubectl patch service web -p '{"spec":{"ports":[{"name":"more","port":443}]}}'`,
      exits: 0,
      prints: 'service/web patched',
    },
    { run: "kubectl get svc web -o jsonpath='{.spec.ports[*].port}'", prints: '443 80' },
    {
      run: `kubectl patch service web -p '{"spec":{"clusterIP":"10.143.0.77"}}'`,
      exits: 1,
      complains:
        'The Service "web" is invalid: spec.clusterIPs[0]: Invalid value: ["10.143.0.77"]: may not change once set',
    },
    {
      run: `kubectl patch pod far --subresource=status --type=merge -p '{"status":{"message":"told"}}'`,
      from: 27,
      prints: 'pod/far patched',
    },
    { run: 'kubectl set image pod/far main=busybox:1.36', prints: 'pod/far image updated' },
    { run: "kubectl get pod far -o jsonpath='{.spec.containers[0].image}'", prints: 'busybox:1.36' },
    {
      run: 'kubectl set image pod/far nope=busybox:1.36',
      exits: 1,
      complains: 'error: unable to find container named "nope"',
    },
    {
      run: 'kubectl set env pod/far A=b',
      exits: 1,
      complains: `error: failed to patch env update to pod template: ${PODS_ARE_FIXED}`,
    },
    {
      run: 'kubectl set resources pod far --limits=cpu=200m',
      exits: 1,
      complains: `error: failed to patch resources update to pod template ${PODS_ARE_FIXED}`,
    },
    {
      run: `kubectl patch pod far -p '{"spec":{"nodeName":"elsewhere"}}'`,
      exits: 1,
      complains: `The ${PODS_ARE_FIXED.replace('invalid: spec', 'invalid: spec')}`,
    },
  ],
};
