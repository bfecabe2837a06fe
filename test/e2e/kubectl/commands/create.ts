import type { Scenario } from '../command.ts';

export const CREATE: Scenario = {
  title: 'create, run and expose',
  name: 'create',
  files: { 'app.conf': 'port=80\n', 'app.env': 'A=1\nB=2\n' },
  commands: [
    { run: 'kubectl create namespace <ns>-more', prints: 'namespace/<ns>-more created' },
    {
      run: 'kubectl create namespace <ns>-more',
      exits: 1,
      complains: 'Error from server (AlreadyExists): namespaces "<ns>-more" already exists',
    },
    {
      run: 'kubectl get sa -n <ns>-more',
      settles: true,
      prints: 'NAME SECRETS AGE\ndefault 0 <age>',
    },
    { run: 'kubectl delete namespace <ns>-more', prints: 'namespace "<ns>-more" deleted' },
    {
      run: 'kubectl create configmap in-nowhere -n <ns>-nowhere',
      exits: 1,
      complains: [
        [20, 'Error from server (NotFound): namespaces "<ns>-nowhere" not found'],
        [27, 'error: failed to create configmap: namespaces "<ns>-nowhere" not found'],
      ],
    },
    {
      run: 'kubectl create configmap c --from-literal=k=v --from-file=app.conf --from-env-file=app.env',
      exits: 1,
      complains: '<any>from-env-file cannot be combined with from-file or from-literal',
    },
    {
      run: 'kubectl create configmap c --from-literal=k=v --from-file=app.conf',
      prints: 'configmap/c created',
    },
    { run: "kubectl get cm c -o jsonpath='{.data.app\\.conf}{.data.k}'", prints: 'port=80\nv' },
    { run: 'kubectl create cm dry --dry-run=server', prints: 'configmap/dry created (server dry run)' },
    {
      run: 'kubectl create configmap c',
      exits: 1,
      complains: [
        [20, 'Error from server (AlreadyExists): configmaps "c" already exists'],
        [27, 'error: failed to create configmap: configmaps "c" already exists'],
      ],
    },
    { run: 'kubectl create secret generic s --from-literal=k=v', prints: 'secret/s created' },
    { run: "kubectl get secret s -o jsonpath='{.data.k} {.type}'", prints: 'dg== Opaque' },
    {
      run: 'kubectl create secret docker-registry r --docker-server=localhost --docker-username=u --docker-password=p',
      prints: 'secret/r created',
    },
    { run: 'kubectl get secret r', prints: 'NAME TYPE DATA AGE\nr kubernetes.io/dockerconfigjson 1 <age>' },
    { run: 'kubectl create serviceaccount robot', prints: 'serviceaccount/robot created' },
    { run: 'kubectl create service clusterip a --tcp=80:8080', prints: 'service/a created' },
    { run: 'kubectl create service nodeport b --tcp=80', prints: 'service/b created' },
    { run: 'kubectl create service externalname e --external-name=example.com', prints: 'service/e created' },
    {
      run: "kubectl get svc a -o jsonpath='{.spec.type} {.spec.ports[0].targetPort} {.spec.sessionAffinity}'",
      prints: 'ClusterIP 8080 None',
    },
    { run: 'kubectl create service clusterip h --clusterip=None', prints: 'service/h created' },
    {
      run: 'kubectl get svc h',
      prints: 'NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE\nh ClusterIP None <none> <none> <age>',
    },
    {
      run: 'kubectl run web --image=busybox:1 --port=80 --labels=app=web,x=y -- sleep 1000',
      prints: 'pod/web created',
    },
    {
      run: "kubectl get pod web -o jsonpath='{.metadata.labels} {.spec.containers[0].args}'",
      prints: '{"app":"web","x":"y"} ["sleep","1000"]',
    },
    { run: 'kubectl expose pod web', prints: 'service/web exposed' },
    {
      run: 'kubectl expose pod web --name=front --port=8080 --target-port=80 --type=NodePort',
      prints: 'service/front exposed',
    },
    {
      run: 'kubectl get svc front -o wide',
      prints:
        'NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE SELECTOR\nfront NodePort <ip> <none> 8080:<n>/TCP <age> app=web,x=y',
    },
    {
      run: 'kubectl run Bad_Name --image=busybox:1',
      exits: 1,
      complains: [
        [
          20,
          `The Pod "Bad_Name" is invalid: 
* metadata.name: Invalid value: "Bad_Name": a lowercase RFC 1123 subdomain must consist of <any>
* spec.containers[0].name: Invalid value: "Bad_Name": a lowercase RFC 1123 label must consist of <any>`,
        ],
      ],
    },
    {
      run: 'kubectl run again --image=busybox:1 --dry-run=client -o name',
      prints: 'pod/again',
    },
    {
      // What a container says before anybody is attached is not shown, here as anywhere: this one waits to be spoken to.
      run: 'echo hello | kubectl run -i once --image=busybox:1 --restart=Never --rm -- cat',
      prints: 'hello\npod "once" deleted',
      complains: '...',
    },
    { run: 'kubectl delete pod web --now', prints: 'pod "web" deleted' },
  ],
};
