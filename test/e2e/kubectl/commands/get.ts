import type { Scenario } from '../command.ts';
import { PENDING_POD, SETTINGS, TALKING_POD } from '../manifests.ts';

/** Changes an object while a watch runs, and waits for its line, so that no time has to be guessed. */
const WATCH_A_CHANGE = `touch seen.txt; kubectl get configmaps -l set=all --watch > seen.txt & watch=$!
until grep -q settings seen.txt; do sleep 0.05; done
kubectl patch configmap settings --type=merge -p '{"data":{"c":"three"}}' > /dev/null
until [ $(grep -c settings seen.txt) = 2 ]; do sleep 0.05; done
kill $watch; cat seen.txt`;

const PODS = `NAME READY STATUS RESTARTS AGE
far 0/1 Pending 0 <age>
web 1/1 Running 0 <age>`;

export const GET: Scenario = {
  title: 'get',
  name: 'get',
  files: { 'web.yaml': TALKING_POD, 'far.yaml': PENDING_POD, 'settings.yaml': SETTINGS },
  given: [
    'kubectl create -f settings.yaml -f far.yaml -f web.yaml',
    'kubectl create secret generic password --from-literal=word=open',
    'kubectl create service clusterip web --tcp=80:8080',
    'kubectl create service nodeport door --tcp=443',
    'kubectl create service externalname outside --external-name=example.com',
    'kubectl wait --for=condition=Ready pod/web --timeout=60s',
  ],
  commands: [
    { run: 'kubectl get pods', prints: PODS },
    { run: 'kubectl get po --chunk-size=1', prints: PODS },
    { run: "kubectl get pods --sort-by='{.metadata.name}'", prints: PODS },
    {
      run: "kubectl get pods --sort-by='{.status.phase}' --no-headers",
      prints: 'far 0/1 Pending 0 <age>\nweb 1/1 Running 0 <age>',
    },
    {
      run: 'kubectl get pods -o wide',
      prints: `NAME READY STATUS RESTARTS AGE IP NODE NOMINATED NODE READINESS GATES
far 0/1 Pending 0 <age> <none> <none> <none> <none>
web 1/1 Running 0 <age> <ip> <node> <none> <none>`,
    },
    {
      run: 'kubectl get pods -A',
      prints: 'NAMESPACE NAME READY STATUS RESTARTS AGE\n...\n<ns> web 1/1 Running 0 <age>\n...',
    },
    {
      run: 'kubectl get pods --show-labels',
      prints: `NAME READY STATUS RESTARTS AGE LABELS
far 0/1 Pending 0 <age> app=far
web 1/1 Running 0 <age> app=web,tier=front`,
    },
    {
      run: 'kubectl get pods -L tier',
      prints: 'NAME READY STATUS RESTARTS AGE TIER\nfar 0/1 Pending 0 <age>\nweb 1/1 Running 0 <age> front',
    },
    { run: 'kubectl get pod web', prints: 'NAME READY STATUS RESTARTS AGE\nweb 1/1 Running 0 <age>' },
    { run: 'kubectl get pods -o name', prints: 'pod/far\npod/web' },
    { run: "kubectl get pods -o jsonpath='{.items[*].metadata.name}'", prints: 'far web' },
    {
      run: "kubectl get pod web -o jsonpath='{.spec.containers[0].imagePullPolicy} {.status.qosClass}'",
      prints: 'IfNotPresent BestEffort',
    },
    {
      run: 'kubectl get pods -o custom-columns=NAME:.metadata.name,NODE:.spec.nodeName',
      prints: 'NAME NODE\nfar <none>\nweb <node>',
    },
    { run: `kubectl get pods -o go-template='{{range .items}}{{.metadata.name}};{{end}}'`, prints: 'far;web;' },
    {
      run: 'kubectl get configmap settings -o yaml',
      prints: `apiVersion: v1
data:
a: one
b: two
kind: ConfigMap
metadata:
creationTimestamp: "<stamp>"
labels:
set: all
name: settings
namespace: <ns>
resourceVersion: "<n>"
uid: <uid>`,
    },
    {
      run: "kubectl get configmap settings -o json | tr -d ' \\n'",
      prints:
        '{"apiVersion":"v1","data":{"a":"one","b":"two"},"kind":"ConfigMap","metadata":{"creationTimestamp":"<stamp>","labels":{"set":"all"},"name":"settings","namespace":"<ns>","resourceVersion":"<n>","uid":"<uid>"}}',
    },
    {
      run: 'kubectl get pods -o yaml',
      prints: 'apiVersion: v1\nitems:\n- apiVersion: v1\nkind: Pod\n...\nkind: List\nmetadata:\n...',
    },
    { run: "kubectl get pods --no-headers -l 'tier in (front,back),app!=far'", prints: 'web 1/1 Running 0 <age>' },
    { run: "kubectl get pods --no-headers -l '!tier'", prints: 'far 0/1 Pending 0 <age>' },
    { run: 'kubectl get pods -o name --field-selector status.phase=Running', prints: 'pod/web' },
    { run: 'kubectl get pods -o name --field-selector spec.nodeName=<node>,status.phase!=Failed', prints: 'pod/web' },
    { run: 'kubectl get pods -o name --field-selector metadata.name!=web', prints: 'pod/far' },
    {
      run: 'kubectl get pods --field-selector moon=dark',
      exits: 1,
      complains:
        'Error from server (BadRequest): Unable to find "/v1, Resource=pods" that match label selector "", field selector "moon=dark": field label not supported: moon',
    },
    { run: 'kubectl get pods -l app=nothing', complains: 'No resources found in <ns> namespace.' },
    { run: 'kubectl get pod nothing', exits: 1, complains: 'Error from server (NotFound): pods "nothing" not found' },
    { run: 'kubectl get pod nothing --ignore-not-found' },
    {
      run: 'kubectl get pod web nothing',
      exits: 1,
      prints: 'NAME READY STATUS RESTARTS AGE\nweb 1/1 Running 0 <age>',
      complains: 'Error from server (NotFound): pods "nothing" not found',
    },
    { run: 'kubectl get nonsense', exits: 1, complains: `error: the server doesn't have a resource type "nonsense"` },
    {
      run: 'kubectl get pods,services',
      prints: `NAME READY STATUS RESTARTS AGE
pod/far 0/1 Pending 0 <age>
pod/web 1/1 Running 0 <age>

NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE
service/door NodePort <ip> <none> 443:<n>/TCP <age>
service/outside ExternalName <none> example.com <none> <age>
service/web ClusterIP <ip> <none> 80/TCP <age>`,
    },
    {
      run: 'kubectl get pod/web configmap/settings',
      prints: `NAME READY STATUS RESTARTS AGE
pod/web 1/1 Running 0 <age>

NAME DATA AGE
configmap/settings 2 <age>`,
    },
    { run: 'kubectl get all -o name', prints: 'pod/far\npod/web\nservice/door\nservice/outside\nservice/web' },
    {
      run: 'kubectl get svc web -o wide',
      prints: 'NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE SELECTOR\nweb ClusterIP <ip> <none> 80/TCP <age> app=web',
    },
    { run: 'kubectl get cm', prints: 'NAME DATA AGE\nkube-root-ca.crt 1 <age>\nsettings 2 <age>' },
    { run: 'kubectl get secrets', prints: 'NAME TYPE DATA AGE\npassword Opaque 1 <age>' },
    { run: 'kubectl get sa', prints: 'NAME SECRETS AGE\ndefault 0 <age>' },
    { run: 'kubectl get ns <ns>', prints: 'NAME STATUS AGE\n<ns> Active <age>' },
    {
      run: 'kubectl get nodes',
      prints: 'NAME STATUS ROLES AGE VERSION\n<node> Ready <none> <age> v1.36.0+bramble.<any>',
    },
    {
      run: 'kubectl get nodes -o wide',
      prints: `NAME STATUS ROLES AGE VERSION INTERNAL-IP EXTERNAL-IP OS-IMAGE KERNEL-VERSION CONTAINER-RUNTIME
<node> Ready <none> <age> v1.36.0+bramble.<any> <ip> <none> <any> docker://<any>`,
    },
    {
      run: 'kubectl get endpoints -n default kubernetes',
      prints: 'NAME ENDPOINTS AGE\nkubernetes <ip>:<n> <age>',
      complains: 'Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
    },
    { run: 'kubectl get leases -n kube-node-lease', prints: 'NAME HOLDER AGE\n<node> <node> <age>' },
    {
      run: 'kubectl get events --field-selector involvedObject.name=web,reason=Scheduled',
      prints: `LAST SEEN TYPE REASON OBJECT MESSAGE
<age> Normal Scheduled pod/web Successfully assigned <ns>/web to <node>`,
    },
    {
      run: 'kubectl events --for pod/far',
      from: 27,
      prints: `LAST SEEN TYPE REASON OBJECT MESSAGE
<age> Warning FailedScheduling Pod/far 0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.<any>`,
    },
    {
      run: WATCH_A_CHANGE,
      prints: 'NAME DATA AGE\nsettings 2 <age>\nsettings 3 <age>',
    },
    {
      run: 'kubectl get pods --as=nobody',
      exits: 1,
      complains:
        'Error from server (Forbidden): pods is forbidden: User "nobody" cannot list resource "pods" in API group "" in the namespace "<ns>"',
    },
    {
      run: 'kubectl get pods --server=https://127.0.0.1:1',
      exits: 1,
      complains: '...\nThe connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?',
    },
    { run: 'kubectl get --raw /healthz', prints: 'ok' },
    {
      run: 'kubectl get --raw /nowhere',
      exits: 1,
      complains: 'Error from server (NotFound): the server could not find the requested resource',
    },
    { run: 'kubectl top pods', exits: 1, complains: 'error: Metrics API not available' },
  ],
};
