import type { Scenario } from '../command.ts';
import { ENDPOINTS_WARNING, PENDING_POD, SETTINGS, TALKING_POD } from '../manifests.ts';

export const DESCRIBE: Scenario = {
  title: 'describe',
  name: 'describe',
  files: { 'web.yaml': TALKING_POD, 'far.yaml': PENDING_POD, 'settings.yaml': SETTINGS.replace('  b: two\n', '') },
  given: [
    'kubectl create -f settings.yaml -f far.yaml -f web.yaml',
    'kubectl create secret generic password --from-literal=word=open',
    'kubectl create service clusterip web --tcp=80:8080',
    'kubectl wait --for=condition=Ready pod/web --timeout=60s',
  ],
  commands: [
    {
      run: 'kubectl describe pod web',
      settles: true,
      prints: `Name: web
Namespace: <ns>
Priority: 0
...
Node: <node>/<ip>
Start Time: <time>
Labels: app=web
tier=front
Annotations: <none>
Status: Running
IP: <ip>
IPs:
IP: <ip>
Containers:
main:
Container ID: docker://<id>
Image: busybox:1
Image ID: docker-pullable://<any>
Port: 80/TCP
Host Port: 0/TCP
Command:
sh
-c
...
State: Running
Started: <time>
Ready: True
Restart Count: 0
Environment: <none>
Mounts:<any>
...
Conditions:
Type Status
...
Initialized True
Ready True
ContainersReady True
PodScheduled True
Volumes:<any>
...
QoS Class: BestEffort
Node-Selectors: <none>
Tolerations: node.kubernetes.io/not-ready:NoExecute op=Exists for <age>
node.kubernetes.io/unreachable:NoExecute op=Exists for <age>
Events:
Type Reason Age From Message
---- ------ ---- ---- -------
Normal Scheduled <age> default-scheduler Successfully assigned <ns>/web to <node>
Normal Pulled <age> kubelet Container image "busybox:1" already present on machine<any>
Normal Created <age> kubelet Created container: main
Normal Started <age> kubelet Started container main`,
    },
    {
      run: 'kubectl describe pod far',
      settles: true,
      prints: `Name: far
Namespace: <ns>
Priority: 0
...
Node: <none>
Labels: app=far
Annotations: <none>
Status: Pending
IP:
IPs: <none>
Containers:
main:
Image: busybox:1
Port: <none>
Host Port: <none>
Environment: <none>
Mounts:<any>
...
Conditions:
Type Status
PodScheduled False
Volumes:<any>
...
QoS Class: BestEffort
Node-Selectors: moon=dark
Tolerations: <any>
...
Events:
Type Reason Age From Message
---- ------ ---- ---- -------
Warning FailedScheduling <age> default-scheduler 0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.<any>`,
    },
    {
      run: 'kubectl describe configmap settings',
      prints: `Name: settings
Namespace: <ns>
Labels: set=all
Annotations: <none>

Data
====
a:
----
one
...
Events: <none>`,
    },
    {
      run: 'kubectl describe secret password',
      prints: `Name: password
Namespace: <ns>
Labels: <none>
Annotations: <none>

Type: Opaque

Data
====
word: 4 bytes`,
    },
    {
      run: 'kubectl describe service web',
      prints: `Name: web
Namespace: <ns>
Labels: app=web
Annotations: <none>
Selector: app=web
Type: ClusterIP
IP Family<any>
...
IP: <ip>
IPs: <ip>
Port: 80-8080 80/TCP
TargetPort: 8080/TCP
Endpoints:<any>
Session Affinity: None
...
Events: <none>`,
      complains: [
        [20, `...\n${ENDPOINTS_WARNING}`],
        [31, ''],
      ],
    },
    {
      run: 'kubectl describe namespace <ns>',
      prints: `Name: <ns>
Labels: kubernetes.io/metadata.name=<ns>
Annotations: <none>
Status: Active
...`,
      complains: '...',
    },
    {
      run: 'kubectl describe serviceaccount default',
      prints: `Name: default
Namespace: <ns>
Labels: <none>
Annotations: <none>
Image pull secrets: <none>
Mountable secrets: <none>
Tokens: <none>
Events: <none>`,
    },
    {
      run: 'kubectl describe node <node>',
      prints: `Name: <node>
Roles: <none>
Labels: beta.kubernetes.io/arch=<any>
beta.kubernetes.io/os=linux
kubernetes.io/arch=<any>
kubernetes.io/hostname=<node>
kubernetes.io/os=linux
Annotations: <any>
...
CreationTimestamp: <time>
Taints: <none>
Unschedulable: false
Lease:
HolderIdentity: <node>
AcquireTime: <any>
RenewTime: <time>
Conditions:
Type Status LastHeartbeatTime LastTransitionTime Reason Message
---- ------ ----------------- ------------------ ------ -------
...
MemoryPressure False <time> <time> KubeletHasSufficientMemory kubelet has sufficient memory available
DiskPressure False <time> <time> KubeletHasNoDiskPressure kubelet has no disk pressure
PIDPressure False <time> <time> KubeletHasSufficientPID kubelet has sufficient PID available
...
Ready True <time> <time> KubeletReady kubelet is posting ready status
Addresses:
InternalIP: <ip>
Hostname: <node>
Capacity:
...
cpu: <n>
...
Allocatable:
...
System Info:
...
Container Runtime Version: docker://<any>
Kubelet Version: v1.36.0+bramble.<any>
...
PodCIDR: <ip>/24
PodCIDRs: <ip>/24
Non-terminated Pods: (<n> in total)
Namespace Name CPU Requests CPU Limits Memory Requests Memory Limits <any>
...
<ns> web 0 (0%) 0 (0%) 0 (0%) 0 (0%) <age>
...
Allocated resources:
(Total limits may be over 100 percent, i.e., overcommitted.)
Resource Requests Limits
...`,
    },
    {
      run: 'kubectl describe endpoints kubernetes -n default',
      prints: `Name: kubernetes
Namespace: default
Labels:<any>
Annotations: <none>
Subsets:
Addresses: <ip>
NotReadyAddresses: <none>
Ports:
Name Port Protocol
---- ---- --------
https <n> TCP

Events: <none>`,
      complains: [[20, ENDPOINTS_WARNING]],
    },
    {
      run: 'kubectl describe lease <node> -n kube-node-lease',
      prints: 'Name: <node>\nNamespace: kube-node-lease\n...\nSpec:\n...\nHolder Identity: <node>\n...',
    },
    {
      run: 'kubectl describe configmap sett',
      prints: 'Name: settings\n...',
    },
    {
      run: 'kubectl describe pod nothing',
      exits: 1,
      complains: 'Error from server (NotFound): pods "nothing" not found',
    },
  ],
};
