import type { Scenario } from '../command.ts';
import { SETTINGS } from '../manifests.ts';

const TWO = `apiVersion: v1
kind: ConfigMap
metadata: {name: first, labels: {set: two}}
data: {a: b}
---
apiVersion: v1
kind: Service
metadata: {name: second, labels: {set: two}}
spec: {ports: [{port: 80}], selector: {app: web}}
`;

const ONE_OF_TWO = TWO.split('---')[0] ?? '';

const GENERATED = `apiVersion: v1
kind: ConfigMap
metadata: {generateName: gen-}
`;

const STRICT =
  'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "dato"';
/** Before 1.27 kubectl checked manifests itself. */
const CHECKED_BY_KUBECTL =
  'error: error validating "wrong.yaml": error validating data: ValidationError(ConfigMap): unknown field "dato" in io.k8s.api.core.v1.ConfigMap; if you choose to ignore these errors, turn validation off with --validate=false';

export const APPLY: Scenario = {
  title: 'apply, create, replace, edit, diff of manifests',
  name: 'apply',
  files: {
    'settings.yaml': SETTINGS,
    'two.yaml': TWO,
    'one-of-two.yaml': ONE_OF_TWO,
    'gen.yaml': GENERATED,
    'wrong.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: wrong}\ndato: {a: b}\n',
    'folder/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n',
    'folder/deeper/b.json': '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"b"}}',
  },
  commands: [
    { run: 'kubectl diff -f settings.yaml', exits: 1, prints: 'diff <any>\n...\n+kind: ConfigMap\n...' },
    { run: 'kubectl apply -f settings.yaml --dry-run=client', prints: 'configmap/settings created (dry run)' },
    { run: 'kubectl apply -f settings.yaml --dry-run=server', prints: 'configmap/settings created (server dry run)' },
    {
      run: 'kubectl get configmap settings',
      exits: 1,
      complains: 'Error from server (NotFound): configmaps "settings" not found',
    },
    { run: 'kubectl apply -f settings.yaml', prints: 'configmap/settings created' },
    { run: 'kubectl apply -f settings.yaml', prints: 'configmap/settings unchanged' },
    { run: 'kubectl diff -f settings.yaml' },
    {
      run: 'sed s/one/other/ settings.yaml | kubectl diff -f -',
      exits: 1,
      prints: 'diff <any>\n...\ndata:\n- a: one\n+ a: other\nb: two\n...',
    },
    {
      run: 'sed s/one/other/ settings.yaml | kubectl apply -f - --dry-run=server',
      prints: 'configmap/settings configured (server dry run)',
    },
    { run: 'sed s/one/other/ settings.yaml | kubectl apply -f -', prints: 'configmap/settings configured' },
    { run: "sed '/b: two/d' settings.yaml | kubectl apply -f -", prints: 'configmap/settings configured' },
    { run: "kubectl get configmap settings -o jsonpath='{.data}'", prints: '{"a":"one"}' },
    {
      run: 'kubectl apply view-last-applied configmap settings',
      prints: 'apiVersion: v1\ndata:\na: one\nkind: ConfigMap\n...',
    },
    { run: 'cat two.yaml | kubectl apply -f -', prints: 'configmap/first created\nservice/second created' },
    { run: 'kubectl apply -f two.yaml', prints: 'configmap/first unchanged\nservice/second unchanged' },
    {
      run: 'kubectl apply -f one-of-two.yaml --prune -l set=two --prune-allowlist=core/v1/Service',
      from: 27,
      prints: 'configmap/first unchanged\nservice/second pruned',
    },
    { run: 'kubectl apply -R -f folder', prints: 'configmap/a created\nconfigmap/b created' },
    { run: 'kubectl create -f gen.yaml', prints: 'configmap/gen-<suffix> created' },
    {
      run: 'kubectl create -f settings.yaml',
      exits: 1,
      complains:
        'Error from server (AlreadyExists): error when creating "settings.yaml": configmaps "settings" already exists',
    },
    {
      run: 'kubectl apply -f wrong.yaml',
      exits: 1,
      complains: [
        [20, CHECKED_BY_KUBECTL],
        [27, `Error from server (BadRequest): error when creating "wrong.yaml": ${STRICT}`],
      ],
    },
    {
      run: 'kubectl create -f wrong.yaml',
      exits: 1,
      complains: [
        [20, CHECKED_BY_KUBECTL],
        [27, `Error from server (BadRequest): error when creating "wrong.yaml": ${STRICT}`],
      ],
    },
    {
      run: 'kubectl apply -f wrong.yaml --validate=warn',
      from: 27,
      prints: 'configmap/wrong created',
      complains: 'Warning: unknown field "dato"',
    },
    { run: 'kubectl delete configmap wrong --ignore-not-found', from: 27, prints: 'configmap "wrong" deleted' },
    {
      run: 'kubectl create -f wrong.yaml --validate=false',
      prints: 'configmap/wrong created',
      // 1.20 leaves the server at its default, which is to warn.
      complains: [
        [20, 'Warning: unknown field "dato"'],
        [27, ''],
      ],
    },
    {
      run: 'kubectl apply -f wrong.yaml --validate=strict',
      from: 27,
      exits: 1,
      complains: `Warning: <any>last-applied-configuration<any>
The request is invalid: patch: Invalid value: <any>: strict decoding error: unknown field "dato"`,
    },
    {
      run: 'sed \'s/two/2/;s/: 2/: "2"/\' settings.yaml | kubectl replace -f -',
      prints: 'configmap/settings replaced',
    },
    { run: "kubectl get configmap settings -o jsonpath='{.data.b}'", prints: '2' },
    {
      run: 'kubectl replace -f gen.yaml',
      exits: 1,
      complains: '<any>resource name may not be empty',
    },
    {
      run: 'kubectl replace --force -f settings.yaml',
      prints: 'configmap "settings" deleted\nconfigmap/settings replaced',
    },
    {
      run: 'kubectl get configmap settings -o yaml | sed \'s/resourceVersion: .*/resourceVersion: "1"/;s/one/late/\' | kubectl replace -f -',
      exits: 1,
      complains:
        'Error from server (Conflict): error when replacing "STDIN": Operation cannot be fulfilled on configmaps "settings": the object has been modified; please apply your changes to the latest version and try again',
    },
    { run: "EDITOR='sed -i s/one/edited/' kubectl edit configmap settings", prints: 'configmap/settings edited' },
    { run: "kubectl get configmap settings -o jsonpath='{.data.a}'", prints: 'edited' },
    { run: 'EDITOR=true kubectl edit configmap settings', complains: 'Edit cancelled, no changes made.' },
  ],
};
