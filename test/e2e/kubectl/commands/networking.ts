import type { Scenario } from '../command.ts';
import { ENDPOINTS_WARNING } from '../manifests.ts';

const SITE = `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: site
spec:
  ingressClassName: <ns>-other
  tls:
  - hosts: [a.example.com]
    secretName: a-cert
  rules:
  - host: a.example.com
    http:
      paths:
      - path: /api
        pathType: Prefix
        backend: {service: {name: api, port: {name: http}}}
      - path: /
        pathType: Exact
        backend: {service: {name: web, port: {number: 80}}}
  - host: b.example.com
  - host: c.example.com
  - host: "*.example.com"
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata:
  name: <ns>-other
spec:
  controller: example.com/ingress
  parameters:
    apiGroup: example.com
    kind: Settings
    name: fast
`;

const BROKEN = `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: broken
spec:
  rules:
  - host: 10.0.0.1
    http:
      paths:
      - path: api
        pathType: Prefix
        backend: {service: {name: api}}
`;

export const NETWORKING: Scenario = {
  title: 'Ingresses, their classes and addresses of Services',
  name: 'networking',
  files: { 'site.yaml': SITE, 'broken.yaml': BROKEN },
  commands: [
    {
      run: 'kubectl create -f site.yaml',
      prints: 'ingress.networking.k8s.io/site created\ningressclass.networking.k8s.io/<ns>-other created',
    },
    {
      run: 'kubectl get ing site',
      prints:
        'NAME CLASS HOSTS ADDRESS PORTS AGE\nsite <ns>-other a.example.com,b.example.com,c.example.com + 1 more... 80, 443 <age>',
    },
    {
      run: 'kubectl get ingressclass <ns>-other',
      prints: 'NAME CONTROLLER PARAMETERS AGE\n<ns>-other example.com/ingress Settings.example.com/fast <age>',
    },
    {
      run: 'kubectl describe ingress site',
      prints: `Name: site
...
Namespace: <ns>
Address:
...
TLS:
a-cert terminates a.example.com
Rules:
Host Path Backends
---- ---- --------
a.example.com
/api api:http<any>
/ web:80<any>
...`,
      complains: [
        [20, ENDPOINTS_WARNING],
        [31, ''],
      ],
    },
    {
      run: "kubectl create ingress made --class=<ns>-other --rule='shop.example.com/cart*=cart:8080'",
      prints: 'ingress.networking.k8s.io/made created',
    },
    {
      run: "kubectl get ingress made -o jsonpath='{.spec.rules[0].http.paths[0]}'",
      prints: '{"backend":{"service":{"name":"cart","port":{"number":8080}}},"path":"/cart","pathType":"Prefix"}',
    },
    {
      run: 'kubectl create -f broken.yaml',
      exits: 1,
      complains: `The Ingress "broken" is invalid:<any>
* spec.rules[0].host: Invalid value: "10.0.0.1": must be a DNS name, not an IP address
* spec.rules[0].http.paths[0].path: Invalid value: "api": must be an absolute path
* spec.rules[0].http.paths[0].backend: Required value: port name or number is required`,
    },
    {
      run: 'kubectl explain ingress.spec.rules.http.paths.pathType | grep -ci prefix',
      prints: '<n>',
    },
    { run: 'kubectl delete ingressclass <ns>-other', prints: 'ingressclass.networking.k8s.io "<ns>-other" deleted' },
    { run: 'kubectl get servicecidr kubernetes', prints: 'NAME CIDRS AGE\nkubernetes <any>/16 <age>' },
    {
      run: 'kubectl get ip -l ipaddress.kubernetes.io/managed-by=ipallocator.k8s.io | grep /default/',
      prints: '<ip> services/default/kubernetes',
    },
    {
      run: 'kubectl describe servicecidr kubernetes',
      // Older ones ask for versions of the kind that are no longer.
      from: 33,
      prints: 'Name: kubernetes\n...\nCIDRs: <any>/16\n...\nReady True<any>Kubernetes Service CIDR is ready\n...',
    },
  ],
};
