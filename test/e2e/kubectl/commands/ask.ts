import type { Scenario } from '../command.ts';

export const ASK: Scenario = {
  title: 'what is served and who asks',
  name: 'ask',
  commands: [
    {
      run: 'kubectl version',
      prints: [
        [
          20,
          'Client Version: version.Info{<any>\n...\nServer Version: version.Info{<any>GitVersion:"v1.36.0+bramble.<any>',
        ],
        [28, 'Client Version: v<any>\nKustomize Version: v<any>\nServer Version: v1.36.0+bramble.<any>'],
      ],
      complains: [
        [20, ''],
        [
          27,
          '...\nWARNING: version difference between client (<any>) and server (1.36) exceeds the supported minor version skew of +/-1',
        ],
      ],
    },
    {
      run: 'kubectl api-versions',
      prints: '...\ncoordination.k8s.io/v1\ndiscovery.k8s.io/v1\nevents.k8s.io/v1\n...\nv1',
    },
    {
      run: 'kubectl api-resources --api-group=""',
      prints: `NAME SHORTNAMES APIVERSION NAMESPACED KIND
...
configmaps cm v1 true ConfigMap
endpoints ep v1 true Endpoints
events ev v1 true Event
...
namespaces ns v1 false Namespace
nodes no v1 false Node
...
pods po v1 true Pod
...
secrets v1 true Secret
serviceaccounts sa v1 true ServiceAccount
services svc v1 true Service`,
    },
    { run: 'kubectl api-resources --namespaced=false -o name', prints: '...\nnamespaces\nnodes\n...' },
    {
      run: 'kubectl explain pod.spec.nodeName',
      prints: [
        [20, 'KIND: Pod\nVERSION: v1\n\nFIELD: nodeName <string>\n\nDESCRIPTION:\n...'],
        [27, 'KIND: Pod\nVERSION: v1\n\nFIELD: nodeName <string>\n\n...\nDESCRIPTION:\n...'],
      ],
    },
    {
      run: 'kubectl explain service',
      prints: 'KIND: Service\nVERSION: v1\n\nDESCRIPTION:\n...\nspec <ServiceSpec>\n...'.replace(
        '<ServiceSpec>',
        '<any>',
      ),
    },
    { run: 'kubectl explain configmap --recursive', prints: 'KIND: ConfigMap\n...\nbinaryData <any>\ndata <any>\n...' },
    {
      run: 'kubectl explain pod.nonsense',
      exits: 1,
      prints: [
        [20, ''],
        [27, 'KIND: Pod\nVERSION: v1'],
      ],
      complains: 'error: field "nonsense" does not exist',
    },
    {
      run: 'kubectl cluster-info',
      prints: `...Kubernetes control plane<any> is running at <any>https://<any>

To further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.`.replace('...K', '<any>K'),
    },
    {
      run: 'kubectl auth whoami',
      from: 28,
      prints: 'ATTRIBUTE VALUE\nUsername <any>\nGroups [system:masters system:authenticated]\n...',
    },
    { run: 'kubectl auth can-i create pods', prints: 'yes' },
    { run: 'kubectl auth can-i get pods --subresource=log', prints: 'yes' },
    { run: 'kubectl auth can-i delete nodes --as=nobody', exits: 1, prints: 'no', complains: '...' },
    { run: "kubectl auth can-i '*' '*' --as=nobody -q", exits: 1 },
    {
      run: 'kubectl auth can-i --list',
      prints: 'Resources Non-Resource URLs Resource Names Verbs\n*.* [] [] [*]\n...',
    },
    { run: 'kubectl config current-context', prints: 'bramble' },
    { run: 'kubectl config view -o jsonpath="{.contexts[0].context.namespace}"', prints: '<ns>' },
  ],
};
