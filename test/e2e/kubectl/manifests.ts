/** Says a line a second and ends at once when told to. */
export const TALKING_POD = `apiVersion: v1
kind: Pod
metadata:
  name: web
  labels: {app: web, tier: front}
spec:
  containers:
  - name: main
    image: busybox:1
    command: [sh, -c, 'trap "exit 0" TERM; echo one; echo two; echo three; while true; do sleep 0.2; done']
    ports:
    - containerPort: 80
`;

/** Fits no node. */
export const PENDING_POD = `apiVersion: v1
kind: Pod
metadata:
  name: far
  labels: {app: far}
spec:
  nodeSelector: {moon: dark}
  containers:
  - name: main
    image: busybox:1
`;

export const SETTINGS = `apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  labels: {set: all}
data:
  a: one
  b: two
`;

/** What those are told that read Endpoints. */
export const ENDPOINTS_WARNING = 'Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice';
