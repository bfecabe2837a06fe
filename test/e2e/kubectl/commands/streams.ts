import type { Scenario } from '../command.ts';
import { TALKING_POD } from '../manifests.ts';

const TWO_CONTAINERS = `apiVersion: v1
kind: Pod
metadata: {name: pair, labels: {app: pair}}
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - {name: left, image: busybox:1, command: [sh, -c, 'echo from left; exec sleep 1000']}
  - {name: right, image: busybox:1, command: [sh, -c, 'echo from right; exec sleep 1000']}
`;

/** Echoes what it is told. */
const LISTENER = `apiVersion: v1
kind: Pod
metadata: {name: listener}
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - {name: main, image: busybox:1, stdin: true, command: [sh, -c, 'while read line; do echo "heard $line"; done']}
`;

const WEB_SERVER = `apiVersion: v1
kind: Pod
metadata: {name: server}
spec:
  containers:
  - {name: nginx, image: nginx:latest, imagePullPolicy: IfNotPresent, ports: [{containerPort: 80, name: http}]}
`;

/** Waits for the line that tells the local port; no fixed time, no fixed port. */
const FORWARD = `touch forward.txt; kubectl port-forward pod/server :80 > forward.txt 2>&1 & forward=$!
until grep -q 'Forwarding from 127' forward.txt || ! kill -0 $forward; do sleep 0.05; done
curl -s --max-time 10 http://127.0.0.1:$(sed -n 's/.*127.0.0.1:\\([0-9]*\\) -> 80/\\1/p' forward.txt)/ | grep -o '<title>.*</title>'
kill $forward; cat forward.txt`;

/** Docker ends an attachment whose input ends: it is kept open until the answer is there. */
const ATTACH = `touch heard.txt
(echo you; until grep -q heard heard.txt; do sleep 0.05; done) | kubectl attach -i listener > heard.txt; cat heard.txt`;

export const STREAMS: Scenario = {
  title: 'logs, exec, attach, cp and port-forward',
  name: 'streams',
  files: { 'web.yaml': TALKING_POD, 'pair.yaml': TWO_CONTAINERS, 'listener.yaml': LISTENER, 'server.yaml': WEB_SERVER },
  given: [
    'kubectl create -f web.yaml -f pair.yaml -f listener.yaml -f server.yaml',
    'kubectl wait --for=condition=Ready pod --all --timeout=60s',
  ],
  commands: [
    { run: 'kubectl logs web', prints: 'one\ntwo\nthree' },
    { run: 'kubectl logs web --tail=1', prints: 'three' },
    { run: 'kubectl logs web --limit-bytes=5', prints: 'one\nt' },
    { run: 'kubectl logs web --timestamps --tail=1', prints: '<stamp> three' },
    { run: 'kubectl logs web --since=1h', prints: 'one\ntwo\nthree' },
    { run: 'kubectl logs web --since-time=2999-01-01T00:00:00Z' },
    { run: 'kubectl logs pair -c right', prints: 'from right' },
    // kubectl goes through a map: in any order.
    { run: 'kubectl logs pair --all-containers | sort', prints: 'from left\nfrom right' },
    {
      run: 'kubectl logs pair',
      exits: 0,
      from: 27,
      prints: 'from left',
      complains: 'Defaulted container "left" out of: left, right',
    },
    {
      run: 'kubectl logs -l app=pair --all-containers --prefix | sort',
      prints: '[pod/pair/left] from left\n[pod/pair/right] from right',
    },
    {
      run: 'kubectl logs web --previous',
      exits: 1,
      complains: 'Error from server (BadRequest): previous terminated container "main" in pod "web" not found',
    },
    { run: 'kubectl logs pair -c nope', exits: 1, complains: 'error: container nope is not valid for pod pair' },
    { run: 'kubectl logs nothing', exits: 1, complains: '<any>pods "nothing" not found<any>' },
    {
      run: 'touch followed.txt; kubectl logs -f web > followed.txt & logs=$!; until [ $(wc -l < followed.txt) = 3 ]; do sleep 0.05; done; kill $logs; cat followed.txt',
      prints: 'one\ntwo\nthree',
    },
    { run: 'kubectl exec web -- echo hello', prints: 'hello' },
    { run: 'kubectl exec web -- sh -c "echo out; echo err >&2"', prints: 'out', complains: 'err' },
    { run: 'kubectl exec web -- sh -c "exit 3"', exits: 3, complains: 'command terminated with exit code 3' },
    { run: 'echo told | kubectl exec -i web -- cat', prints: 'told' },
    { run: 'head -c 1000000 /dev/zero | kubectl exec -i web -- wc -c', prints: '1000000' },
    { run: 'kubectl exec pair -c right -- hostname', prints: 'pair' },
    {
      run: "script -qec 'kubectl exec -it web -- tty' /dev/null | grep -o /dev/pts/0",
      prints: '/dev/pts/0',
    },
    {
      run: `kubectl exec web -- no-such-program 2>&1 | grep -o 'exec: "no-such-program".* in $PATH'`,
      prints: 'exec: "no-such-program": executable file not found in $PATH',
    },
    {
      run: 'kubectl exec pair -c nope -- true',
      exits: 1,
      complains: 'Error from server (BadRequest): container nope is not valid for pod pair',
    },
    {
      run: 'kubectl exec nothing -- true',
      exits: 1,
      complains: 'Error from server (NotFound): pods "nothing" not found',
    },
    { run: ATTACH, prints: 'heard you', complains: '...' },
    { run: 'echo copied > note; kubectl cp note web:/tmp/note && kubectl exec web -- cat /tmp/note', prints: 'copied' },
    { run: 'kubectl cp web:/tmp/note back 2>&1 | grep -v removing; cat back', prints: '...\ncopied' },
    {
      run: FORWARD,
      prints:
        '<title>Welcome to nginx!</title>\nForwarding from 127.0.0.1:<n> -> 80\n...\nHandling connection for <n>\n...',
    },
  ],
};
