// Data, longer than other files: the wire numbers of Kubernetes' protobuf messages (API level v1.36).
/**
 * One line per message, one word per field: `<number><JSON name>[:<type>][?]`.
 * Types: none string, `i` integer, `b` boolean, `d` double, `B` bytes, `T` Time, `U` MicroTime, `Q` Quantity, `X` IntOrString,
 * `R` RawExtension, `F` FieldsV1, `L` a message that is a list of strings, else a message: of the same package, else of meta.v1,
 * or with its package. `[]` repeated, `{}` map from string.
 * `~` for a name: its members are the parent's in JSON. `?`: zero is kept (JSON of the Go type has no omitempty, or it is a pointer);
 * for every other scalar, zero, empty and false mean absent, because Go's encoder always writes them.
 */
export const PROTOBUF_FIELDS: Readonly<Record<string, string>> = {
  'admissionregistration.v1.ApplyConfiguration': '1expression',
  'admissionregistration.v1.AuditAnnotation': '1key? 2valueExpression?',
  'admissionregistration.v1.ExpressionWarning': '2fieldRef? 3warning?',
  'admissionregistration.v1.JSONPatch': '1expression',
  'admissionregistration.v1.MatchCondition': '1name? 2expression?',
  'admissionregistration.v1.MatchResources':
    '1namespaceSelector:LabelSelector 2objectSelector:LabelSelector 3resourceRules:NamedRuleWithOperations[] 4excludeResourceRules:NamedRuleWithOperations[] 7matchPolicy?',
  'admissionregistration.v1.MutatingAdmissionPolicy': '1metadata:ObjectMeta 2spec:MutatingAdmissionPolicySpec',
  'admissionregistration.v1.MutatingAdmissionPolicyBinding':
    '1metadata:ObjectMeta 2spec:MutatingAdmissionPolicyBindingSpec',
  'admissionregistration.v1.MutatingAdmissionPolicyBindingSpec':
    '1policyName 2paramRef:ParamRef 3matchResources:MatchResources',
  'admissionregistration.v1.MutatingAdmissionPolicySpec':
    '1paramKind:ParamKind 2matchConstraints:MatchResources 3variables:Variable[] 4mutations:Mutation[] 5failurePolicy? 6matchConditions:MatchCondition[] 7reinvocationPolicy',
  'admissionregistration.v1.MutatingWebhook':
    '1name? 2clientConfig:WebhookClientConfig 3rules:RuleWithOperations[] 4failurePolicy? 9matchPolicy? 5namespaceSelector:LabelSelector 11objectSelector:LabelSelector 6sideEffects? 7timeoutSeconds:i? 8admissionReviewVersions:s[] 10reinvocationPolicy? 12matchConditions:MatchCondition[]',
  'admissionregistration.v1.MutatingWebhookConfiguration': '1metadata:ObjectMeta 2webhooks:MutatingWebhook[]',
  'admissionregistration.v1.Mutation': '2patchType? 3applyConfiguration:ApplyConfiguration 4jsonPatch:JSONPatch',
  'admissionregistration.v1.NamedRuleWithOperations': '1resourceNames:s[] 2~:RuleWithOperations',
  'admissionregistration.v1.ParamKind': '1apiVersion 2kind',
  'admissionregistration.v1.ParamRef': '1name 2namespace 3selector:LabelSelector 4parameterNotFoundAction?',
  'admissionregistration.v1.Rule': '1apiGroups:s[] 2apiVersions:s[] 3resources:s[] 4scope?',
  'admissionregistration.v1.RuleWithOperations': '1operations:s[] 2~:Rule',
  'admissionregistration.v1.ServiceReference': '1namespace? 2name? 3path? 4port:i?',
  'admissionregistration.v1.TypeChecking': '1expressionWarnings:ExpressionWarning[]',
  'admissionregistration.v1.ValidatingAdmissionPolicy':
    '1metadata:ObjectMeta 2spec:ValidatingAdmissionPolicySpec 3status:ValidatingAdmissionPolicyStatus',
  'admissionregistration.v1.ValidatingAdmissionPolicyBinding':
    '1metadata:ObjectMeta 2spec:ValidatingAdmissionPolicyBindingSpec',
  'admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec':
    '1policyName 2paramRef:ParamRef 3matchResources:MatchResources 4validationActions:s[]',
  'admissionregistration.v1.ValidatingAdmissionPolicySpec':
    '1paramKind:ParamKind 2matchConstraints:MatchResources 3validations:Validation[] 4failurePolicy? 5auditAnnotations:AuditAnnotation[] 6matchConditions:MatchCondition[] 7variables:Variable[]',
  'admissionregistration.v1.ValidatingAdmissionPolicyStatus':
    '1observedGeneration:i 2typeChecking:TypeChecking 3conditions:Condition[]',
  'admissionregistration.v1.ValidatingWebhook':
    '1name? 2clientConfig:WebhookClientConfig 3rules:RuleWithOperations[] 4failurePolicy? 9matchPolicy? 5namespaceSelector:LabelSelector 10objectSelector:LabelSelector 6sideEffects? 7timeoutSeconds:i? 8admissionReviewVersions:s[] 11matchConditions:MatchCondition[]',
  'admissionregistration.v1.ValidatingWebhookConfiguration': '1metadata:ObjectMeta 2webhooks:ValidatingWebhook[]',
  'admissionregistration.v1.Validation': '1expression? 2message 3reason? 4messageExpression',
  'admissionregistration.v1.Variable': '1name? 2expression?',
  'admissionregistration.v1.WebhookClientConfig': '3url? 1service:ServiceReference 2caBundle:B',
  'apps.v1.ControllerRevision': '1metadata:ObjectMeta 2data:R 3revision:i?',
  'apps.v1.DaemonSet': '1metadata:ObjectMeta 2spec:DaemonSetSpec 3status:DaemonSetStatus',
  'apps.v1.DaemonSetCondition': '1type? 2status? 3lastTransitionTime:T 4reason 5message',
  'apps.v1.DaemonSetSpec':
    '1selector:LabelSelector 2template:core.v1.PodTemplateSpec 3updateStrategy:DaemonSetUpdateStrategy 4minReadySeconds:i 6revisionHistoryLimit:i?',
  'apps.v1.DaemonSetStatus':
    '1currentNumberScheduled:i? 2numberMisscheduled:i? 3desiredNumberScheduled:i? 4numberReady:i? 5observedGeneration:i 6updatedNumberScheduled:i 7numberAvailable:i 8numberUnavailable:i 9collisionCount:i? 10conditions:DaemonSetCondition[]',
  'apps.v1.DaemonSetUpdateStrategy': '1type 2rollingUpdate:RollingUpdateDaemonSet',
  'apps.v1.Deployment': '1metadata:ObjectMeta 2spec:DeploymentSpec 3status:DeploymentStatus',
  'apps.v1.DeploymentCondition': '1type? 2status? 6lastUpdateTime:T 7lastTransitionTime:T 4reason 5message',
  'apps.v1.DeploymentSpec':
    '1replicas:i? 2selector:LabelSelector 3template:core.v1.PodTemplateSpec 4strategy:DeploymentStrategy 5minReadySeconds:i 6revisionHistoryLimit:i? 7paused:b 9progressDeadlineSeconds:i?',
  'apps.v1.DeploymentStatus':
    '1observedGeneration:i 2replicas:i 3updatedReplicas:i 7readyReplicas:i 4availableReplicas:i 5unavailableReplicas:i 9terminatingReplicas:i? 6conditions:DeploymentCondition[] 8collisionCount:i?',
  'apps.v1.DeploymentStrategy': '1type 2rollingUpdate:RollingUpdateDeployment',
  'apps.v1.ReplicaSet': '1metadata:ObjectMeta 2spec:ReplicaSetSpec 3status:ReplicaSetStatus',
  'apps.v1.ReplicaSetCondition': '1type? 2status? 3lastTransitionTime:T 4reason 5message',
  'apps.v1.ReplicaSetSpec': '1replicas:i? 4minReadySeconds:i 2selector:LabelSelector 3template:core.v1.PodTemplateSpec',
  'apps.v1.ReplicaSetStatus':
    '1replicas:i? 2fullyLabeledReplicas:i 4readyReplicas:i 5availableReplicas:i 7terminatingReplicas:i? 3observedGeneration:i 6conditions:ReplicaSetCondition[]',
  'apps.v1.RollingUpdateDaemonSet': '1maxUnavailable:X 2maxSurge:X',
  'apps.v1.RollingUpdateDeployment': '1maxUnavailable:X 2maxSurge:X',
  'apps.v1.RollingUpdateStatefulSetStrategy': '1partition:i? 2maxUnavailable:X',
  'apps.v1.StatefulSet': '1metadata:ObjectMeta 2spec:StatefulSetSpec 3status:StatefulSetStatus',
  'apps.v1.StatefulSetCondition': '1type? 2status? 3lastTransitionTime:T 4reason 5message',
  'apps.v1.StatefulSetOrdinals': '1start:i?',
  'apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy': '1whenDeleted 2whenScaled',
  'apps.v1.StatefulSetSpec':
    '1replicas:i? 2selector:LabelSelector 3template:core.v1.PodTemplateSpec 4volumeClaimTemplates:core.v1.PersistentVolumeClaim[] 5serviceName? 6podManagementPolicy 7updateStrategy:StatefulSetUpdateStrategy 8revisionHistoryLimit:i? 9minReadySeconds:i 10persistentVolumeClaimRetentionPolicy:StatefulSetPersistentVolumeClaimRetentionPolicy 11ordinals:StatefulSetOrdinals',
  'apps.v1.StatefulSetStatus':
    '1observedGeneration:i 2replicas:i? 3readyReplicas:i 4currentReplicas:i 5updatedReplicas:i 6currentRevision 7updateRevision 9collisionCount:i? 10conditions:StatefulSetCondition[] 11availableReplicas:i?',
  'apps.v1.StatefulSetUpdateStrategy': '1type 2rollingUpdate:RollingUpdateStatefulSetStrategy',
  'authentication.v1.BoundObjectReference': '1kind 2apiVersion 3name 4uid',
  'authentication.v1.SelfSubjectReview': '1metadata:ObjectMeta 2status:SelfSubjectReviewStatus',
  'authentication.v1.SelfSubjectReviewStatus': '1userInfo:UserInfo',
  'authentication.v1.TokenRequest': '1metadata:ObjectMeta 2spec:TokenRequestSpec 3status:TokenRequestStatus',
  'authentication.v1.TokenRequestSpec': '1audiences:s[] 4expirationSeconds:i? 3boundObjectRef:BoundObjectReference',
  'authentication.v1.TokenRequestStatus': '1token? 2expirationTimestamp:T',
  'authentication.v1.TokenReview': '1metadata:ObjectMeta 2spec:TokenReviewSpec 3status:TokenReviewStatus',
  'authentication.v1.TokenReviewSpec': '1token 2audiences:s[]',
  'authentication.v1.TokenReviewStatus': '1authenticated:b 2user:UserInfo 4audiences:s[] 3error',
  'authentication.v1.UserInfo': '1username 2uid 3groups:s[] 4extra:L{}',
  'authorization.v1.FieldSelectorAttributes': '1rawSelector 2requirements:FieldSelectorRequirement[]',
  'authorization.v1.LabelSelectorAttributes': '1rawSelector 2requirements:LabelSelectorRequirement[]',
  'authorization.v1.LocalSubjectAccessReview':
    '1metadata:ObjectMeta 2spec:SubjectAccessReviewSpec 3status:SubjectAccessReviewStatus',
  'authorization.v1.NonResourceAttributes': '1path 2verb',
  'authorization.v1.NonResourceRule': '1verbs:s[] 2nonResourceURLs:s[]',
  'authorization.v1.ResourceAttributes':
    '1namespace 2verb 3group 4version 5resource 6subresource 7name 8fieldSelector:FieldSelectorAttributes 9labelSelector:LabelSelectorAttributes',
  'authorization.v1.ResourceRule': '1verbs:s[] 2apiGroups:s[] 3resources:s[] 4resourceNames:s[]',
  'authorization.v1.SelfSubjectAccessReview':
    '1metadata:ObjectMeta 2spec:SelfSubjectAccessReviewSpec 3status:SubjectAccessReviewStatus',
  'authorization.v1.SelfSubjectAccessReviewSpec':
    '1resourceAttributes:ResourceAttributes 2nonResourceAttributes:NonResourceAttributes',
  'authorization.v1.SelfSubjectRulesReview':
    '1metadata:ObjectMeta 2spec:SelfSubjectRulesReviewSpec 3status:SubjectRulesReviewStatus',
  'authorization.v1.SelfSubjectRulesReviewSpec': '1namespace',
  'authorization.v1.SubjectAccessReview':
    '1metadata:ObjectMeta 2spec:SubjectAccessReviewSpec 3status:SubjectAccessReviewStatus',
  'authorization.v1.SubjectAccessReviewSpec':
    '1resourceAttributes:ResourceAttributes 2nonResourceAttributes:NonResourceAttributes 3user 4groups:s[] 5extra:L{} 6uid',
  'authorization.v1.SubjectAccessReviewStatus': '1allowed:b? 4denied:b 2reason 3evaluationError',
  'authorization.v1.SubjectRulesReviewStatus':
    '1resourceRules:ResourceRule[] 2nonResourceRules:NonResourceRule[] 3incomplete:b? 4evaluationError',
  'autoscaling.v1.ContainerResourceMetricSource':
    '1name? 2targetAverageUtilization:i? 3targetAverageValue:Q 5container?',
  'autoscaling.v1.ContainerResourceMetricStatus':
    '1name? 2currentAverageUtilization:i? 3currentAverageValue:Q 4container?',
  'autoscaling.v1.CrossVersionObjectReference': '1kind? 2name? 3apiVersion',
  'autoscaling.v1.ExternalMetricSource':
    '1metricName? 2metricSelector:LabelSelector 3targetValue:Q 4targetAverageValue:Q',
  'autoscaling.v1.ExternalMetricStatus':
    '1metricName? 2metricSelector:LabelSelector 3currentValue:Q 4currentAverageValue:Q',
  'autoscaling.v1.HorizontalPodAutoscaler':
    '1metadata:ObjectMeta 2spec:HorizontalPodAutoscalerSpec 3status:HorizontalPodAutoscalerStatus',
  'autoscaling.v1.HorizontalPodAutoscalerCondition': '1type? 2status? 3lastTransitionTime:T 4reason 5message',
  'autoscaling.v1.HorizontalPodAutoscalerSpec':
    '1scaleTargetRef:CrossVersionObjectReference 2minReplicas:i? 3maxReplicas:i? 4targetCPUUtilizationPercentage:i?',
  'autoscaling.v1.HorizontalPodAutoscalerStatus':
    '1observedGeneration:i? 2lastScaleTime:T 3currentReplicas:i? 4desiredReplicas:i? 5currentCPUUtilizationPercentage:i?',
  'autoscaling.v1.MetricSpec':
    '1type? 2object:ObjectMetricSource 3pods:PodsMetricSource 4resource:ResourceMetricSource 7containerResource:ContainerResourceMetricSource 5external:ExternalMetricSource',
  'autoscaling.v1.MetricStatus':
    '1type? 2object:ObjectMetricStatus 3pods:PodsMetricStatus 4resource:ResourceMetricStatus 7containerResource:ContainerResourceMetricStatus 5external:ExternalMetricStatus',
  'autoscaling.v1.ObjectMetricSource':
    '1target:CrossVersionObjectReference 2metricName? 3targetValue:Q 4selector:LabelSelector 5averageValue:Q',
  'autoscaling.v1.ObjectMetricStatus':
    '1target:CrossVersionObjectReference 2metricName? 3currentValue:Q 4selector:LabelSelector 5averageValue:Q',
  'autoscaling.v1.PodsMetricSource': '1metricName? 2targetAverageValue:Q 3selector:LabelSelector',
  'autoscaling.v1.PodsMetricStatus': '1metricName? 2currentAverageValue:Q 3selector:LabelSelector',
  'autoscaling.v1.ResourceMetricSource': '1name? 2targetAverageUtilization:i? 3targetAverageValue:Q',
  'autoscaling.v1.ResourceMetricStatus': '1name? 2currentAverageUtilization:i? 3currentAverageValue:Q',
  'autoscaling.v1.Scale': '1metadata:ObjectMeta 2spec:ScaleSpec 3status:ScaleStatus',
  'autoscaling.v1.ScaleSpec': '1replicas:i',
  'autoscaling.v1.ScaleStatus': '1replicas:i? 2selector',
  'autoscaling.v2.ContainerResourceMetricSource': '1name? 2target:MetricTarget 3container?',
  'autoscaling.v2.ContainerResourceMetricStatus': '1name? 2current:MetricValueStatus 3container?',
  'autoscaling.v2.CrossVersionObjectReference': '1kind? 2name? 3apiVersion',
  'autoscaling.v2.ExternalMetricSource': '1metric:MetricIdentifier 2target:MetricTarget',
  'autoscaling.v2.ExternalMetricStatus': '1metric:MetricIdentifier 2current:MetricValueStatus',
  'autoscaling.v2.HPAScalingPolicy': '1type? 2value:i? 3periodSeconds:i?',
  'autoscaling.v2.HPAScalingRules':
    '3stabilizationWindowSeconds:i? 1selectPolicy? 2policies:HPAScalingPolicy[] 4tolerance:Q',
  'autoscaling.v2.HorizontalPodAutoscaler':
    '1metadata:ObjectMeta 2spec:HorizontalPodAutoscalerSpec 3status:HorizontalPodAutoscalerStatus',
  'autoscaling.v2.HorizontalPodAutoscalerBehavior': '1scaleUp:HPAScalingRules 2scaleDown:HPAScalingRules',
  'autoscaling.v2.HorizontalPodAutoscalerCondition': '1type? 2status? 3lastTransitionTime:T 4reason 5message',
  'autoscaling.v2.HorizontalPodAutoscalerSpec':
    '1scaleTargetRef:CrossVersionObjectReference 2minReplicas:i? 3maxReplicas:i? 4metrics:MetricSpec[] 5behavior:HorizontalPodAutoscalerBehavior',
  'autoscaling.v2.HorizontalPodAutoscalerStatus':
    '1observedGeneration:i? 2lastScaleTime:T 3currentReplicas:i 4desiredReplicas:i? 5currentMetrics:MetricStatus[] 6conditions:HorizontalPodAutoscalerCondition[]',
  'autoscaling.v2.MetricIdentifier': '1name? 2selector:LabelSelector',
  'autoscaling.v2.MetricSpec':
    '1type? 2object:ObjectMetricSource 3pods:PodsMetricSource 4resource:ResourceMetricSource 7containerResource:ContainerResourceMetricSource 5external:ExternalMetricSource',
  'autoscaling.v2.MetricStatus':
    '1type? 2object:ObjectMetricStatus 3pods:PodsMetricStatus 4resource:ResourceMetricStatus 7containerResource:ContainerResourceMetricStatus 5external:ExternalMetricStatus',
  'autoscaling.v2.MetricTarget': '1type? 2value:Q 3averageValue:Q 4averageUtilization:i?',
  'autoscaling.v2.MetricValueStatus': '1value:Q 2averageValue:Q 3averageUtilization:i?',
  'autoscaling.v2.ObjectMetricSource':
    '1describedObject:CrossVersionObjectReference 2target:MetricTarget 3metric:MetricIdentifier',
  'autoscaling.v2.ObjectMetricStatus':
    '1metric:MetricIdentifier 2current:MetricValueStatus 3describedObject:CrossVersionObjectReference',
  'autoscaling.v2.PodsMetricSource': '1metric:MetricIdentifier 2target:MetricTarget',
  'autoscaling.v2.PodsMetricStatus': '1metric:MetricIdentifier 2current:MetricValueStatus',
  'autoscaling.v2.ResourceMetricSource': '1name? 2target:MetricTarget',
  'autoscaling.v2.ResourceMetricStatus': '1name? 2current:MetricValueStatus',
  'batch.v1.CronJob': '1metadata:ObjectMeta 2spec:CronJobSpec 3status:CronJobStatus',
  'batch.v1.CronJobSpec':
    '1schedule? 8timeZone? 2startingDeadlineSeconds:i? 3concurrencyPolicy 4suspend:b? 5jobTemplate:JobTemplateSpec 6successfulJobsHistoryLimit:i? 7failedJobsHistoryLimit:i?',
  'batch.v1.CronJobStatus': '1active:core.v1.ObjectReference[] 4lastScheduleTime:T 5lastSuccessfulTime:T',
  'batch.v1.Job': '1metadata:ObjectMeta 2spec:JobSpec 3status:JobStatus',
  'batch.v1.JobCondition': '1type? 2status? 3lastProbeTime:T 4lastTransitionTime:T 5reason 6message',
  'batch.v1.JobSpec':
    '1parallelism:i? 2completions:i? 3activeDeadlineSeconds:i? 11podFailurePolicy:PodFailurePolicy 16successPolicy:SuccessPolicy 7backoffLimit:i? 12backoffLimitPerIndex:i? 13maxFailedIndexes:i? 4selector:LabelSelector 5manualSelector:b? 6template:core.v1.PodTemplateSpec 8ttlSecondsAfterFinished:i? 9completionMode? 10suspend:b? 14podReplacementPolicy? 15managedBy?',
  'batch.v1.JobStatus':
    '1conditions:JobCondition[] 2startTime:T 3completionTime:T 4active:i 5succeeded:i 6failed:i 11terminating:i? 7completedIndexes 10failedIndexes? 8uncountedTerminatedPods:UncountedTerminatedPods 9ready:i?',
  'batch.v1.JobTemplateSpec': '1metadata:ObjectMeta 2spec:JobSpec',
  'batch.v1.PodFailurePolicy': '1rules:PodFailurePolicyRule[]',
  'batch.v1.PodFailurePolicyOnExitCodesRequirement': '1containerName? 2operator? 3values:i[]',
  'batch.v1.PodFailurePolicyOnPodConditionsPattern': '1type? 2status?',
  'batch.v1.PodFailurePolicyRule':
    '1action? 2onExitCodes:PodFailurePolicyOnExitCodesRequirement 3onPodConditions:PodFailurePolicyOnPodConditionsPattern[]',
  'batch.v1.SuccessPolicy': '1rules:SuccessPolicyRule[]',
  'batch.v1.SuccessPolicyRule': '1succeededIndexes? 2succeededCount:i?',
  'batch.v1.UncountedTerminatedPods': '1succeeded:s[] 2failed:s[]',
  'certificates.v1.CertificateSigningRequest':
    '1metadata:ObjectMeta 2spec:CertificateSigningRequestSpec 3status:CertificateSigningRequestStatus',
  'certificates.v1.CertificateSigningRequestCondition':
    '1type? 6status? 2reason 3message 4lastUpdateTime:T 5lastTransitionTime:T',
  'certificates.v1.CertificateSigningRequestSpec':
    '1request:B 7signerName? 8expirationSeconds:i? 5usages:s[] 2username 3uid 4groups:s[] 6extra:L{}',
  'certificates.v1.CertificateSigningRequestStatus': '1conditions:CertificateSigningRequestCondition[] 2certificate:B',
  'coordination.v1.Lease': '1metadata:ObjectMeta 2spec:LeaseSpec',
  'coordination.v1.LeaseSpec':
    '1holderIdentity? 2leaseDurationSeconds:i? 3acquireTime:U 4renewTime:U 5leaseTransitions:i? 6strategy? 7preferredHolder?',
  'core.v1.AWSElasticBlockStoreVolumeSource': '1volumeID? 2fsType 3partition:i 4readOnly:b',
  'core.v1.Affinity': '1nodeAffinity:NodeAffinity 2podAffinity:PodAffinity 3podAntiAffinity:PodAntiAffinity',
  'core.v1.AppArmorProfile': '1type? 2localhostProfile?',
  'core.v1.AttachedVolume': '1name? 2devicePath?',
  'core.v1.AvoidPods': '1preferAvoidPods:PreferAvoidPodsEntry[]',
  'core.v1.AzureDiskVolumeSource': '1diskName? 2diskURI? 3cachingMode? 4fsType? 5readOnly:b? 6kind?',
  'core.v1.AzureFilePersistentVolumeSource': '1secretName? 2shareName? 3readOnly:b 4secretNamespace?',
  'core.v1.AzureFileVolumeSource': '1secretName? 2shareName? 3readOnly:b',
  'core.v1.Binding': '1metadata:ObjectMeta 2target:ObjectReference',
  'core.v1.CSIPersistentVolumeSource':
    '1driver? 2volumeHandle? 3readOnly:b 4fsType 5volumeAttributes:s{} 6controllerPublishSecretRef:SecretReference 7nodeStageSecretRef:SecretReference 8nodePublishSecretRef:SecretReference 9controllerExpandSecretRef:SecretReference 10nodeExpandSecretRef:SecretReference',
  'core.v1.CSIVolumeSource':
    '1driver? 2readOnly:b? 3fsType? 4volumeAttributes:s{} 5nodePublishSecretRef:LocalObjectReference',
  'core.v1.Capabilities': '1add:s[] 2drop:s[]',
  'core.v1.CephFSPersistentVolumeSource':
    '1monitors:s[] 2path 3user 4secretFile 5secretRef:SecretReference 6readOnly:b',
  'core.v1.CephFSVolumeSource': '1monitors:s[] 2path 3user 4secretFile 5secretRef:LocalObjectReference 6readOnly:b',
  'core.v1.CinderPersistentVolumeSource': '1volumeID? 2fsType 3readOnly:b 4secretRef:SecretReference',
  'core.v1.CinderVolumeSource': '1volumeID? 2fsType 3readOnly:b 4secretRef:LocalObjectReference',
  'core.v1.ClientIPConfig': '1timeoutSeconds:i?',
  'core.v1.ClusterTrustBundleProjection': '1name? 2signerName? 3labelSelector:LabelSelector 5optional:b? 4path?',
  'core.v1.ComponentCondition': '1type? 2status? 3message 4error',
  'core.v1.ComponentStatus': '1metadata:ObjectMeta 2conditions:ComponentCondition[]',
  'core.v1.ConfigMap': '1metadata:ObjectMeta 4immutable:b? 2data:s{} 3binaryData:B{}',
  'core.v1.ConfigMapEnvSource': '1~:LocalObjectReference 2optional:b?',
  'core.v1.ConfigMapKeySelector': '1~:LocalObjectReference 2key? 3optional:b?',
  'core.v1.ConfigMapNodeConfigSource': '1namespace? 2name? 3uid 4resourceVersion 5kubeletConfigKey?',
  'core.v1.ConfigMapProjection': '1~:LocalObjectReference 2items:KeyToPath[] 4optional:b?',
  'core.v1.ConfigMapVolumeSource': '1~:LocalObjectReference 2items:KeyToPath[] 3defaultMode:i? 4optional:b?',
  'core.v1.Container':
    '1name? 2image 3command:s[] 4args:s[] 5workingDir 6ports:ContainerPort[] 19envFrom:EnvFromSource[] 7env:EnvVar[] 8resources:ResourceRequirements 23resizePolicy:ContainerResizePolicy[] 24restartPolicy? 25restartPolicyRules:ContainerRestartRule[] 9volumeMounts:VolumeMount[] 21volumeDevices:VolumeDevice[] 10livenessProbe:Probe 11readinessProbe:Probe 22startupProbe:Probe 12lifecycle:Lifecycle 13terminationMessagePath 20terminationMessagePolicy 14imagePullPolicy 15securityContext:SecurityContext 16stdin:b 17stdinOnce:b 18tty:b',
  'core.v1.ContainerExtendedResourceRequest': '1containerName? 2resourceName? 3requestName?',
  'core.v1.ContainerImage': '1names:s[] 2sizeBytes:i',
  'core.v1.ContainerPort': '1name 2hostPort:i 3containerPort:i? 4protocol 5hostIP',
  'core.v1.ContainerResizePolicy': '1resourceName? 2restartPolicy?',
  'core.v1.ContainerRestartRule': '1action 2exitCodes:ContainerRestartRuleOnExitCodes',
  'core.v1.ContainerRestartRuleOnExitCodes': '1operator 2values:i[]',
  'core.v1.ContainerState':
    '1waiting:ContainerStateWaiting 2running:ContainerStateRunning 3terminated:ContainerStateTerminated',
  'core.v1.ContainerStateRunning': '1startedAt:T',
  'core.v1.ContainerStateTerminated': '1exitCode:i? 2signal:i 3reason 4message 5startedAt:T 6finishedAt:T 7containerID',
  'core.v1.ContainerStateWaiting': '1reason 2message',
  'core.v1.ContainerStatus':
    '1name? 2state:ContainerState 3lastState:ContainerState 4ready:b? 5restartCount:i? 6image? 7imageID? 8containerID 9started:b? 10allocatedResources:Q{} 11resources:ResourceRequirements 12volumeMounts:VolumeMountStatus[] 13user:ContainerUser 14allocatedResourcesStatus:ResourceStatus[] 15stopSignal?',
  'core.v1.ContainerUser': '1linux:LinuxContainerUser',
  'core.v1.DaemonEndpoint': '1Port:i?',
  'core.v1.DownwardAPIProjection': '1items:DownwardAPIVolumeFile[]',
  'core.v1.DownwardAPIVolumeFile':
    '1path? 2fieldRef:ObjectFieldSelector 3resourceFieldRef:ResourceFieldSelector 4mode:i?',
  'core.v1.DownwardAPIVolumeSource': '1items:DownwardAPIVolumeFile[] 2defaultMode:i?',
  'core.v1.EmptyDirVolumeSource': '1medium 2sizeLimit:Q',
  'core.v1.EndpointAddress': '1ip? 3hostname 4nodeName? 2targetRef:ObjectReference',
  'core.v1.EndpointPort': '1name 2port:i? 3protocol 4appProtocol?',
  'core.v1.EndpointSubset': '1addresses:EndpointAddress[] 2notReadyAddresses:EndpointAddress[] 3ports:EndpointPort[]',
  'core.v1.Endpoints': '1metadata:ObjectMeta 2subsets:EndpointSubset[]',
  'core.v1.EnvFromSource': '1prefix 2configMapRef:ConfigMapEnvSource 3secretRef:SecretEnvSource',
  'core.v1.EnvVar': '1name? 2value 3valueFrom:EnvVarSource',
  'core.v1.EnvVarSource':
    '1fieldRef:ObjectFieldSelector 2resourceFieldRef:ResourceFieldSelector 3configMapKeyRef:ConfigMapKeySelector 4secretKeyRef:SecretKeySelector 5fileKeyRef:FileKeySelector',
  'core.v1.EphemeralContainer': '1~:EphemeralContainerCommon 2targetContainerName',
  'core.v1.EphemeralContainerCommon':
    '1name? 2image 3command:s[] 4args:s[] 5workingDir 6ports:ContainerPort[] 19envFrom:EnvFromSource[] 7env:EnvVar[] 8resources:ResourceRequirements 23resizePolicy:ContainerResizePolicy[] 24restartPolicy? 25restartPolicyRules:ContainerRestartRule[] 9volumeMounts:VolumeMount[] 21volumeDevices:VolumeDevice[] 10livenessProbe:Probe 11readinessProbe:Probe 22startupProbe:Probe 12lifecycle:Lifecycle 13terminationMessagePath 20terminationMessagePolicy 14imagePullPolicy 15securityContext:SecurityContext 16stdin:b 17stdinOnce:b 18tty:b',
  'core.v1.EphemeralVolumeSource': '1volumeClaimTemplate:PersistentVolumeClaimTemplate',
  'core.v1.Event':
    '1metadata:ObjectMeta 2involvedObject:ObjectReference 3reason 4message 5source:EventSource 6firstTimestamp:T 7lastTimestamp:T 8count:i 9type 10eventTime:U 11series:EventSeries 12action 13related:ObjectReference 14reportingComponent? 15reportingInstance?',
  'core.v1.EventSeries': '1count:i 2lastObservedTime:U',
  'core.v1.EventSource': '1component 2host',
  'core.v1.ExecAction': '1command:s[]',
  'core.v1.FCVolumeSource': '1targetWWNs:s[] 2lun:i? 3fsType 4readOnly:b 5wwids:s[]',
  'core.v1.FileKeySelector': '1volumeName? 2path? 3key? 4optional:b?',
  'core.v1.FlexPersistentVolumeSource': '1driver? 2fsType 3secretRef:SecretReference 4readOnly:b 5options:s{}',
  'core.v1.FlexVolumeSource': '1driver? 2fsType 3secretRef:LocalObjectReference 4readOnly:b 5options:s{}',
  'core.v1.FlockerVolumeSource': '1datasetName 2datasetUUID',
  'core.v1.GCEPersistentDiskVolumeSource': '1pdName? 2fsType 3partition:i 4readOnly:b',
  'core.v1.GRPCAction': '1port:i? 2service?',
  'core.v1.GitRepoVolumeSource': '1repository? 2revision 3directory',
  'core.v1.GlusterfsPersistentVolumeSource': '1endpoints? 2path? 3readOnly:b 4endpointsNamespace?',
  'core.v1.GlusterfsVolumeSource': '1endpoints? 2path? 3readOnly:b',
  'core.v1.HTTPGetAction': '1path 2port:X 3host 4scheme 5httpHeaders:HTTPHeader[]',
  'core.v1.HTTPHeader': '1name? 2value?',
  'core.v1.HostAlias': '1ip? 2hostnames:s[]',
  'core.v1.HostIP': '1ip?',
  'core.v1.HostPathVolumeSource': '1path? 2type?',
  'core.v1.ISCSIPersistentVolumeSource':
    '1targetPortal? 2iqn? 3lun:i? 4iscsiInterface 5fsType 6readOnly:b 7portals:s[] 8chapAuthDiscovery:b 11chapAuthSession:b 10secretRef:SecretReference 12initiatorName?',
  'core.v1.ISCSIVolumeSource':
    '1targetPortal? 2iqn? 3lun:i? 4iscsiInterface 5fsType 6readOnly:b 7portals:s[] 8chapAuthDiscovery:b 11chapAuthSession:b 10secretRef:LocalObjectReference 12initiatorName?',
  'core.v1.ImageVolumeSource': '1reference 2pullPolicy',
  'core.v1.ImageVolumeStatus': '1imageRef',
  'core.v1.KeyToPath': '1key? 2path? 3mode:i?',
  'core.v1.Lifecycle': '1postStart:LifecycleHandler 2preStop:LifecycleHandler 3stopSignal?',
  'core.v1.LifecycleHandler': '1exec:ExecAction 2httpGet:HTTPGetAction 3tcpSocket:TCPSocketAction 4sleep:SleepAction',
  'core.v1.LimitRange': '1metadata:ObjectMeta 2spec:LimitRangeSpec',
  'core.v1.LimitRangeItem': '1type? 2max:Q{} 3min:Q{} 4default:Q{} 5defaultRequest:Q{} 6maxLimitRequestRatio:Q{}',
  'core.v1.LimitRangeSpec': '1limits:LimitRangeItem[]',
  'core.v1.LinuxContainerUser': '1uid:i? 2gid:i? 3supplementalGroups:i[]',
  'core.v1.LoadBalancerIngress': '1ip 2hostname 3ipMode? 4ports:PortStatus[]',
  'core.v1.LoadBalancerStatus': '1ingress:LoadBalancerIngress[]',
  'core.v1.LocalObjectReference': '1name',
  'core.v1.LocalVolumeSource': '1path? 2fsType?',
  'core.v1.ModifyVolumeStatus': '1targetVolumeAttributesClassName 2status?',
  'core.v1.NFSVolumeSource': '1server? 2path? 3readOnly:b',
  'core.v1.Namespace': '1metadata:ObjectMeta 2spec:NamespaceSpec 3status:NamespaceStatus',
  'core.v1.NamespaceCondition': '1type? 2status? 4lastTransitionTime:T 5reason 6message',
  'core.v1.NamespaceSpec': '1finalizers:s[]',
  'core.v1.NamespaceStatus': '1phase 2conditions:NamespaceCondition[]',
  'core.v1.Node': '1metadata:ObjectMeta 2spec:NodeSpec 3status:NodeStatus',
  'core.v1.NodeAddress': '1type? 2address?',
  'core.v1.NodeAffinity':
    '1requiredDuringSchedulingIgnoredDuringExecution:NodeSelector 2preferredDuringSchedulingIgnoredDuringExecution:PreferredSchedulingTerm[]',
  'core.v1.NodeAllocatableResourceClaimStatus': '1resourceClaimName? 2containers:s[] 3resources:Q{}',
  'core.v1.NodeCondition': '1type? 2status? 3lastHeartbeatTime:T 4lastTransitionTime:T 5reason 6message',
  'core.v1.NodeConfigSource': '2configMap:ConfigMapNodeConfigSource',
  'core.v1.NodeConfigStatus':
    '1assigned:NodeConfigSource 2active:NodeConfigSource 3lastKnownGood:NodeConfigSource 4error',
  'core.v1.NodeDaemonEndpoints': '1kubeletEndpoint:DaemonEndpoint',
  'core.v1.NodeFeatures': '1supplementalGroupsPolicy:b?',
  'core.v1.NodeProxyOptions': '1path',
  'core.v1.NodeRuntimeHandler': '1name? 2features:NodeRuntimeHandlerFeatures',
  'core.v1.NodeRuntimeHandlerFeatures': '1recursiveReadOnlyMounts:b? 2userNamespaces:b?',
  'core.v1.NodeSelector': '1nodeSelectorTerms:NodeSelectorTerm[]',
  'core.v1.NodeSelectorRequirement': '1key? 2operator? 3values:s[]',
  'core.v1.NodeSelectorTerm': '1matchExpressions:NodeSelectorRequirement[] 2matchFields:NodeSelectorRequirement[]',
  'core.v1.NodeSpec':
    '1podCIDR 7podCIDRs:s[] 3providerID 4unschedulable:b 5taints:Taint[] 6configSource:NodeConfigSource 2externalID',
  'core.v1.NodeStatus':
    '1capacity:Q{} 2allocatable:Q{} 3phase 4conditions:NodeCondition[] 5addresses:NodeAddress[] 6daemonEndpoints:NodeDaemonEndpoints 7nodeInfo:NodeSystemInfo 8images:ContainerImage[] 9volumesInUse:s[] 10volumesAttached:AttachedVolume[] 11config:NodeConfigStatus 12runtimeHandlers:NodeRuntimeHandler[] 13features:NodeFeatures 14declaredFeatures:s[]',
  'core.v1.NodeSwapStatus': '1capacity:i?',
  'core.v1.NodeSystemInfo':
    '1machineID? 2systemUUID? 3bootID? 4kernelVersion? 5osImage? 6containerRuntimeVersion? 7kubeletVersion? 8kubeProxyVersion? 9operatingSystem? 10architecture? 11swap:NodeSwapStatus',
  'core.v1.ObjectFieldSelector': '1apiVersion 2fieldPath?',
  'core.v1.ObjectReference': '1kind 2namespace 3name 4uid 5apiVersion 6resourceVersion 7fieldPath',
  'core.v1.PersistentVolume': '1metadata:ObjectMeta 2spec:PersistentVolumeSpec 3status:PersistentVolumeStatus',
  'core.v1.PersistentVolumeClaim':
    '1metadata:ObjectMeta 2spec:PersistentVolumeClaimSpec 3status:PersistentVolumeClaimStatus',
  'core.v1.PersistentVolumeClaimCondition': '1type? 2status? 3lastProbeTime:T 4lastTransitionTime:T 5reason 6message',
  'core.v1.PersistentVolumeClaimSpec':
    '1accessModes:s[] 4selector:LabelSelector 2resources:VolumeResourceRequirements 3volumeName 5storageClassName? 6volumeMode? 7dataSource:TypedLocalObjectReference 8dataSourceRef:TypedObjectReference 9volumeAttributesClassName?',
  'core.v1.PersistentVolumeClaimStatus':
    '1phase 2accessModes:s[] 3capacity:Q{} 4conditions:PersistentVolumeClaimCondition[] 5allocatedResources:Q{} 7allocatedResourceStatuses:s{} 8currentVolumeAttributesClassName? 9modifyVolumeStatus:ModifyVolumeStatus',
  'core.v1.PersistentVolumeClaimTemplate': '1metadata:ObjectMeta 2spec:PersistentVolumeClaimSpec',
  'core.v1.PersistentVolumeClaimVolumeSource': '1claimName? 2readOnly:b',
  'core.v1.PersistentVolumeSource':
    '1gcePersistentDisk:GCEPersistentDiskVolumeSource 2awsElasticBlockStore:AWSElasticBlockStoreVolumeSource 3hostPath:HostPathVolumeSource 4glusterfs:GlusterfsPersistentVolumeSource 5nfs:NFSVolumeSource 6rbd:RBDPersistentVolumeSource 7iscsi:ISCSIPersistentVolumeSource 8cinder:CinderPersistentVolumeSource 9cephfs:CephFSPersistentVolumeSource 10fc:FCVolumeSource 11flocker:FlockerVolumeSource 12flexVolume:FlexPersistentVolumeSource 13azureFile:AzureFilePersistentVolumeSource 14vsphereVolume:VsphereVirtualDiskVolumeSource 15quobyte:QuobyteVolumeSource 16azureDisk:AzureDiskVolumeSource 17photonPersistentDisk:PhotonPersistentDiskVolumeSource 18portworxVolume:PortworxVolumeSource 19scaleIO:ScaleIOPersistentVolumeSource 20local:LocalVolumeSource 21storageos:StorageOSPersistentVolumeSource 22csi:CSIPersistentVolumeSource',
  'core.v1.PersistentVolumeSpec':
    '1capacity:Q{} 2~:PersistentVolumeSource 3accessModes:s[] 4claimRef:ObjectReference 5persistentVolumeReclaimPolicy 6storageClassName 7mountOptions:s[] 8volumeMode? 9nodeAffinity:VolumeNodeAffinity 10volumeAttributesClassName?',
  'core.v1.PersistentVolumeStatus': '1phase 2message 3reason 4lastPhaseTransitionTime:T',
  'core.v1.PhotonPersistentDiskVolumeSource': '1pdID? 2fsType',
  'core.v1.Pod': '1metadata:ObjectMeta 2spec:PodSpec 3status:PodStatus',
  'core.v1.PodAffinity':
    '1requiredDuringSchedulingIgnoredDuringExecution:PodAffinityTerm[] 2preferredDuringSchedulingIgnoredDuringExecution:WeightedPodAffinityTerm[]',
  'core.v1.PodAffinityTerm':
    '1labelSelector:LabelSelector 2namespaces:s[] 3topologyKey? 4namespaceSelector:LabelSelector 5matchLabelKeys:s[] 6mismatchLabelKeys:s[]',
  'core.v1.PodAntiAffinity':
    '1requiredDuringSchedulingIgnoredDuringExecution:PodAffinityTerm[] 2preferredDuringSchedulingIgnoredDuringExecution:WeightedPodAffinityTerm[]',
  'core.v1.PodAttachOptions': '1stdin:b 2stdout:b 3stderr:b 4tty:b 5container',
  'core.v1.PodCertificateProjection':
    '1signerName 2keyType 3maxExpirationSeconds:i? 4credentialBundlePath 5keyPath 6certificateChainPath 7userAnnotations:s{}',
  'core.v1.PodCondition':
    '1type? 7observedGeneration:i 2status? 3lastProbeTime:T 4lastTransitionTime:T 5reason 6message',
  'core.v1.PodDNSConfig': '1nameservers:s[] 2searches:s[] 3options:PodDNSConfigOption[]',
  'core.v1.PodDNSConfigOption': '1name 2value?',
  'core.v1.PodExecOptions': '1stdin:b 2stdout:b 3stderr:b 4tty:b 5container 6command:s[]',
  'core.v1.PodExtendedResourceClaimStatus': '1requestMappings:ContainerExtendedResourceRequest[] 2resourceClaimName?',
  'core.v1.PodIP': '1ip?',
  'core.v1.PodLogOptions':
    '1container 2follow:b 3previous:b 4sinceSeconds:i? 5sinceTime:T 6timestamps:b 7tailLines:i? 8limitBytes:i? 9insecureSkipTLSVerifyBackend:b 10stream?',
  'core.v1.PodOS': '1name?',
  'core.v1.PodPortForwardOptions': '1ports:i[]',
  'core.v1.PodProxyOptions': '1path',
  'core.v1.PodReadinessGate': '1conditionType?',
  'core.v1.PodResourceClaim': '1name? 3resourceClaimName? 4resourceClaimTemplateName?',
  'core.v1.PodResourceClaimStatus': '1name? 2resourceClaimName?',
  'core.v1.PodSchedulingGate': '1name?',
  'core.v1.PodSchedulingGroup': '1podGroupName?',
  'core.v1.PodSecurityContext':
    '1seLinuxOptions:SELinuxOptions 8windowsOptions:WindowsSecurityContextOptions 2runAsUser:i? 6runAsGroup:i? 3runAsNonRoot:b? 4supplementalGroups:i[] 12supplementalGroupsPolicy? 5fsGroup:i? 7sysctls:Sysctl[] 9fsGroupChangePolicy? 10seccompProfile:SeccompProfile 11appArmorProfile:AppArmorProfile 13seLinuxChangePolicy?',
  'core.v1.PodSignature': '1podController:OwnerReference',
  'core.v1.PodSpec':
    '1volumes:Volume[] 20initContainers:Container[] 2containers:Container[] 34ephemeralContainers:EphemeralContainer[] 3restartPolicy 4terminationGracePeriodSeconds:i? 5activeDeadlineSeconds:i? 6dnsPolicy 7nodeSelector:s{} 8serviceAccountName 9serviceAccount 21automountServiceAccountToken:b? 10nodeName 11hostNetwork:b 12hostPID:b 13hostIPC:b 27shareProcessNamespace:b? 14securityContext:PodSecurityContext 15imagePullSecrets:LocalObjectReference[] 16hostname 17subdomain 18affinity:Affinity 19schedulerName 22tolerations:Toleration[] 23hostAliases:HostAlias[] 24priorityClassName 25priority:i? 26dnsConfig:PodDNSConfig 28readinessGates:PodReadinessGate[] 29runtimeClassName? 30enableServiceLinks:b? 31preemptionPolicy? 32overhead:Q{} 33topologySpreadConstraints:TopologySpreadConstraint[] 35setHostnameAsFQDN:b? 36os:PodOS 37hostUsers:b? 38schedulingGates:PodSchedulingGate[] 39resourceClaims:PodResourceClaim[] 40resources:ResourceRequirements 41hostnameOverride? 43schedulingGroup:PodSchedulingGroup',
  'core.v1.PodStatus':
    '17observedGeneration:i 1phase 2conditions:PodCondition[] 3message 4reason 11nominatedNodeName 5hostIP 16hostIPs:HostIP[] 6podIP 12podIPs:PodIP[] 7startTime:T 10initContainerStatuses:ContainerStatus[] 8containerStatuses:ContainerStatus[] 9qosClass 13ephemeralContainerStatuses:ContainerStatus[] 14resize 15resourceClaimStatuses:PodResourceClaimStatus[] 18extendedResourceClaimStatus:PodExtendedResourceClaimStatus 19allocatedResources:Q{} 20resources:ResourceRequirements 21nodeAllocatableResourceClaimStatuses:NodeAllocatableResourceClaimStatus[]',
  'core.v1.PodStatusResult': '1metadata:ObjectMeta 2status:PodStatus',
  'core.v1.PodTemplate': '1metadata:ObjectMeta 2template:PodTemplateSpec',
  'core.v1.PodTemplateSpec': '1metadata:ObjectMeta 2spec:PodSpec',
  'core.v1.PortStatus': '1port:i? 2protocol? 3error?',
  'core.v1.PortworxVolumeSource': '1volumeID? 2fsType 3readOnly:b',
  'core.v1.Preconditions': '1uid?',
  'core.v1.PreferAvoidPodsEntry': '1podSignature:PodSignature 2evictionTime:T 3reason 4message',
  'core.v1.PreferredSchedulingTerm': '1weight:i? 2preference:NodeSelectorTerm',
  'core.v1.Probe':
    '1~:ProbeHandler 2initialDelaySeconds:i 3timeoutSeconds:i 4periodSeconds:i 5successThreshold:i 6failureThreshold:i 7terminationGracePeriodSeconds:i?',
  'core.v1.ProbeHandler': '1exec:ExecAction 2httpGet:HTTPGetAction 3tcpSocket:TCPSocketAction 4grpc:GRPCAction',
  'core.v1.ProjectedVolumeSource': '1sources:VolumeProjection[] 2defaultMode:i?',
  'core.v1.QuobyteVolumeSource': '1registry? 2volume? 3readOnly:b 4user 5group 6tenant',
  'core.v1.RBDPersistentVolumeSource':
    '1monitors:s[] 2image? 3fsType 4pool 5user 6keyring 7secretRef:SecretReference 8readOnly:b',
  'core.v1.RBDVolumeSource':
    '1monitors:s[] 2image? 3fsType 4pool 5user 6keyring 7secretRef:LocalObjectReference 8readOnly:b',
  'core.v1.RangeAllocation': '1metadata:ObjectMeta 2range? 3data:B',
  'core.v1.ReplicationController':
    '1metadata:ObjectMeta 2spec:ReplicationControllerSpec 3status:ReplicationControllerStatus',
  'core.v1.ReplicationControllerCondition': '1type? 2status? 3lastTransitionTime:T 4reason 5message',
  'core.v1.ReplicationControllerSpec': '1replicas:i? 4minReadySeconds:i 2selector:s{} 3template:PodTemplateSpec',
  'core.v1.ReplicationControllerStatus':
    '1replicas:i? 2fullyLabeledReplicas:i 4readyReplicas:i 5availableReplicas:i 3observedGeneration:i 6conditions:ReplicationControllerCondition[]',
  'core.v1.ResourceClaim': '1name? 2request',
  'core.v1.ResourceFieldSelector': '1containerName 2resource? 3divisor:Q',
  'core.v1.ResourceHealth': '1resourceID? 2health 6message?',
  'core.v1.ResourceQuota': '1metadata:ObjectMeta 2spec:ResourceQuotaSpec 3status:ResourceQuotaStatus',
  'core.v1.ResourceQuotaSpec': '1hard:Q{} 2scopes:s[] 3scopeSelector:ScopeSelector',
  'core.v1.ResourceQuotaStatus': '1hard:Q{} 2used:Q{}',
  'core.v1.ResourceRequirements': '1limits:Q{} 2requests:Q{} 3claims:ResourceClaim[]',
  'core.v1.ResourceStatus': '1name? 2resources:ResourceHealth[]',
  'core.v1.SELinuxOptions': '1user 2role 3type 4level',
  'core.v1.ScaleIOPersistentVolumeSource':
    '1gateway? 2system? 3secretRef:SecretReference 4sslEnabled:b 5protectionDomain 6storagePool 7storageMode 8volumeName 9fsType 10readOnly:b',
  'core.v1.ScaleIOVolumeSource':
    '1gateway? 2system? 3secretRef:LocalObjectReference 4sslEnabled:b 5protectionDomain 6storagePool 7storageMode 8volumeName 9fsType 10readOnly:b',
  'core.v1.ScopeSelector': '1matchExpressions:ScopedResourceSelectorRequirement[]',
  'core.v1.ScopedResourceSelectorRequirement': '1scopeName? 2operator? 3values:s[]',
  'core.v1.SeccompProfile': '1type? 2localhostProfile?',
  'core.v1.Secret': '1metadata:ObjectMeta 5immutable:b? 2data:B{} 4stringData:s{} 3type',
  'core.v1.SecretEnvSource': '1~:LocalObjectReference 2optional:b?',
  'core.v1.SecretKeySelector': '1~:LocalObjectReference 2key? 3optional:b?',
  'core.v1.SecretProjection': '1~:LocalObjectReference 2items:KeyToPath[] 4optional:b?',
  'core.v1.SecretReference': '1name 2namespace',
  'core.v1.SecretVolumeSource': '1secretName 2items:KeyToPath[] 3defaultMode:i? 4optional:b?',
  'core.v1.SecurityContext':
    '1capabilities:Capabilities 2privileged:b? 3seLinuxOptions:SELinuxOptions 10windowsOptions:WindowsSecurityContextOptions 4runAsUser:i? 8runAsGroup:i? 5runAsNonRoot:b? 6readOnlyRootFilesystem:b? 7allowPrivilegeEscalation:b? 9procMount? 11seccompProfile:SeccompProfile 12appArmorProfile:AppArmorProfile',
  'core.v1.SerializedReference': '1reference:ObjectReference',
  'core.v1.Service': '1metadata:ObjectMeta 2spec:ServiceSpec 3status:ServiceStatus',
  'core.v1.ServiceAccount':
    '1metadata:ObjectMeta 2secrets:ObjectReference[] 3imagePullSecrets:LocalObjectReference[] 4automountServiceAccountToken:b?',
  'core.v1.ServiceAccountTokenProjection': '1audience 2expirationSeconds:i? 3path?',
  'core.v1.ServicePort': '1name 2protocol 6appProtocol? 3port:i? 4targetPort:X 5nodePort:i',
  'core.v1.ServiceProxyOptions': '1path',
  'core.v1.ServiceSpec':
    '1ports:ServicePort[] 2selector:s{} 3clusterIP 18clusterIPs:s[] 4type 5externalIPs:s[] 7sessionAffinity 8loadBalancerIP 9loadBalancerSourceRanges:s[] 10externalName 11externalTrafficPolicy 12healthCheckNodePort:i 13publishNotReadyAddresses:b 14sessionAffinityConfig:SessionAffinityConfig 19ipFamilies:s[] 17ipFamilyPolicy? 20allocateLoadBalancerNodePorts:b? 21loadBalancerClass? 22internalTrafficPolicy? 23trafficDistribution?',
  'core.v1.ServiceStatus': '1loadBalancer:LoadBalancerStatus 2conditions:Condition[]',
  'core.v1.SessionAffinityConfig': '1clientIP:ClientIPConfig',
  'core.v1.SleepAction': '1seconds:i?',
  'core.v1.StorageOSPersistentVolumeSource':
    '1volumeName 2volumeNamespace 3fsType 4readOnly:b 5secretRef:ObjectReference',
  'core.v1.StorageOSVolumeSource': '1volumeName 2volumeNamespace 3fsType 4readOnly:b 5secretRef:LocalObjectReference',
  'core.v1.Sysctl': '1name? 2value?',
  'core.v1.TCPSocketAction': '1port:X 2host',
  'core.v1.Taint': '1key? 2value 3effect? 4timeAdded:T',
  'core.v1.Toleration': '1key 2operator 3value 4effect 5tolerationSeconds:i?',
  'core.v1.TopologySelectorLabelRequirement': '1key? 2values:s[]',
  'core.v1.TopologySelectorTerm': '1matchLabelExpressions:TopologySelectorLabelRequirement[]',
  'core.v1.TopologySpreadConstraint':
    '1maxSkew:i? 2topologyKey? 3whenUnsatisfiable? 4labelSelector:LabelSelector 5minDomains:i? 6nodeAffinityPolicy? 7nodeTaintsPolicy? 8matchLabelKeys:s[]',
  'core.v1.TypedLocalObjectReference': '1apiGroup? 2kind? 3name?',
  'core.v1.TypedObjectReference': '1apiGroup? 2kind? 3name? 4namespace?',
  'core.v1.Volume': '1name? 2~:VolumeSource',
  'core.v1.VolumeDevice': '1name? 2devicePath?',
  'core.v1.VolumeMount': '1name? 2readOnly:b 7recursiveReadOnly? 3mountPath? 4subPath 5mountPropagation? 6subPathExpr',
  'core.v1.VolumeMountStatus': '1name? 2mountPath? 3readOnly:b 4recursiveReadOnly? 5volumeStatus:VolumeStatus',
  'core.v1.VolumeNodeAffinity': '1required:NodeSelector',
  'core.v1.VolumeProjection':
    '1secret:SecretProjection 2downwardAPI:DownwardAPIProjection 3configMap:ConfigMapProjection 4serviceAccountToken:ServiceAccountTokenProjection 5clusterTrustBundle:ClusterTrustBundleProjection 6podCertificate:PodCertificateProjection',
  'core.v1.VolumeResourceRequirements': '1limits:Q{} 2requests:Q{}',
  'core.v1.VolumeSource':
    '1hostPath:HostPathVolumeSource 2emptyDir:EmptyDirVolumeSource 3gcePersistentDisk:GCEPersistentDiskVolumeSource 4awsElasticBlockStore:AWSElasticBlockStoreVolumeSource 5gitRepo:GitRepoVolumeSource 6secret:SecretVolumeSource 7nfs:NFSVolumeSource 8iscsi:ISCSIVolumeSource 9glusterfs:GlusterfsVolumeSource 10persistentVolumeClaim:PersistentVolumeClaimVolumeSource 11rbd:RBDVolumeSource 12flexVolume:FlexVolumeSource 13cinder:CinderVolumeSource 14cephfs:CephFSVolumeSource 15flocker:FlockerVolumeSource 16downwardAPI:DownwardAPIVolumeSource 17fc:FCVolumeSource 18azureFile:AzureFileVolumeSource 19configMap:ConfigMapVolumeSource 20vsphereVolume:VsphereVirtualDiskVolumeSource 21quobyte:QuobyteVolumeSource 22azureDisk:AzureDiskVolumeSource 23photonPersistentDisk:PhotonPersistentDiskVolumeSource 26projected:ProjectedVolumeSource 24portworxVolume:PortworxVolumeSource 25scaleIO:ScaleIOVolumeSource 27storageos:StorageOSVolumeSource 28csi:CSIVolumeSource 29ephemeral:EphemeralVolumeSource 30image:ImageVolumeSource',
  'core.v1.VolumeStatus': '1image:ImageVolumeStatus',
  'core.v1.VsphereVirtualDiskVolumeSource': '1volumePath? 2fsType 3storagePolicyName 4storagePolicyID',
  'core.v1.WeightedPodAffinityTerm': '1weight:i? 2podAffinityTerm:PodAffinityTerm',
  'core.v1.WindowsSecurityContextOptions':
    '1gmsaCredentialSpecName? 2gmsaCredentialSpec? 3runAsUserName? 4hostProcess:b?',
  'discovery.v1.Endpoint':
    '1addresses:s[] 2conditions:EndpointConditions 3hostname? 4targetRef:core.v1.ObjectReference 5deprecatedTopology:s{} 6nodeName? 7zone? 8hints:EndpointHints',
  'discovery.v1.EndpointConditions': '1ready:b? 2serving:b? 3terminating:b?',
  'discovery.v1.EndpointHints': '1forZones:ForZone[] 2forNodes:ForNode[]',
  'discovery.v1.EndpointPort': '1name? 2protocol? 3port:i? 4appProtocol?',
  'discovery.v1.EndpointSlice': '1metadata:ObjectMeta 4addressType? 2endpoints:Endpoint[] 3ports:EndpointPort[]',
  'discovery.v1.ForNode': '1name?',
  'discovery.v1.ForZone': '1name?',
  'events.v1.Event':
    '1metadata:ObjectMeta 2eventTime:U 3series:EventSeries 4reportingController 5reportingInstance 6action 7reason 8regarding:core.v1.ObjectReference 9related:core.v1.ObjectReference 10note 11type 12deprecatedSource:core.v1.EventSource 13deprecatedFirstTimestamp:T 14deprecatedLastTimestamp:T 15deprecatedCount:i',
  'events.v1.EventSeries': '1count:i? 2lastObservedTime:U',
  'flowcontrol.v1.ExemptPriorityLevelConfiguration': '1nominalConcurrencyShares:i? 2lendablePercent:i?',
  'flowcontrol.v1.FlowDistinguisherMethod': '1type?',
  'flowcontrol.v1.FlowSchema': '1metadata:ObjectMeta 2spec:FlowSchemaSpec 3status:FlowSchemaStatus',
  'flowcontrol.v1.FlowSchemaCondition': '1type 2status 3lastTransitionTime:T 4reason 5message',
  'flowcontrol.v1.FlowSchemaSpec':
    '1priorityLevelConfiguration:PriorityLevelConfigurationReference 2matchingPrecedence:i? 3distinguisherMethod:FlowDistinguisherMethod 4rules:PolicyRulesWithSubjects[]',
  'flowcontrol.v1.FlowSchemaStatus': '1conditions:FlowSchemaCondition[]',
  'flowcontrol.v1.GroupSubject': '1name?',
  'flowcontrol.v1.LimitResponse': '1type? 2queuing:QueuingConfiguration',
  'flowcontrol.v1.LimitedPriorityLevelConfiguration':
    '1nominalConcurrencyShares:i? 2limitResponse:LimitResponse 3lendablePercent:i? 4borrowingLimitPercent:i?',
  'flowcontrol.v1.NonResourcePolicyRule': '1verbs:s[] 6nonResourceURLs:s[]',
  'flowcontrol.v1.PolicyRulesWithSubjects':
    '1subjects:Subject[] 2resourceRules:ResourcePolicyRule[] 3nonResourceRules:NonResourcePolicyRule[]',
  'flowcontrol.v1.PriorityLevelConfiguration':
    '1metadata:ObjectMeta 2spec:PriorityLevelConfigurationSpec 3status:PriorityLevelConfigurationStatus',
  'flowcontrol.v1.PriorityLevelConfigurationCondition': '1type 2status 3lastTransitionTime:T 4reason 5message',
  'flowcontrol.v1.PriorityLevelConfigurationReference': '1name?',
  'flowcontrol.v1.PriorityLevelConfigurationSpec':
    '1type? 2limited:LimitedPriorityLevelConfiguration 3exempt:ExemptPriorityLevelConfiguration',
  'flowcontrol.v1.PriorityLevelConfigurationStatus': '1conditions:PriorityLevelConfigurationCondition[]',
  'flowcontrol.v1.QueuingConfiguration': '1queues:i? 2handSize:i? 3queueLengthLimit:i?',
  'flowcontrol.v1.ResourcePolicyRule': '1verbs:s[] 2apiGroups:s[] 3resources:s[] 4clusterScope:b 5namespaces:s[]',
  'flowcontrol.v1.ServiceAccountSubject': '1namespace? 2name?',
  'flowcontrol.v1.Subject': '1kind? 2user:UserSubject 3group:GroupSubject 4serviceAccount:ServiceAccountSubject',
  'flowcontrol.v1.UserSubject': '1name?',
  'meta.v1.ApplyOptions': '1dryRun:s[] 2force:b? 3fieldManager?',
  'meta.v1.Condition': '1type? 2status? 3observedGeneration:i 4lastTransitionTime:T 5reason? 6message?',
  'meta.v1.CreateOptions': '1dryRun:s[] 3fieldManager 4fieldValidation',
  'meta.v1.DeleteOptions':
    '1gracePeriodSeconds:i? 2preconditions:Preconditions 3orphanDependents:b? 4propagationPolicy? 5dryRun:s[] 6ignoreStoreReadErrorWithClusterBreakingPotential:b?',
  'meta.v1.FieldSelectorRequirement': '1key? 2operator? 3values:s[]',
  'meta.v1.FieldsV1': '1Raw:B',
  'meta.v1.GetOptions': '1resourceVersion',
  'meta.v1.LabelSelector': '1matchLabels:s{} 2matchExpressions:LabelSelectorRequirement[]',
  'meta.v1.LabelSelectorRequirement': '1key? 2operator? 3values:s[]',
  'meta.v1.ListMeta': '1selfLink 2resourceVersion 3continue 4remainingItemCount:i? 5shardInfo:ShardInfo',
  'meta.v1.ListOptions':
    '1labelSelector 2fieldSelector 3watch:b 9allowWatchBookmarks:b 4resourceVersion 10resourceVersionMatch 5timeoutSeconds:i? 7limit:i 8continue 11sendInitialEvents:b? 15shardSelector',
  'meta.v1.ManagedFieldsEntry': '1manager 2operation 3apiVersion 4time:T 6fieldsType 7fieldsV1:F 8subresource',
  'meta.v1.ObjectMeta':
    '1name 2generateName 3namespace 4selfLink 5uid 6resourceVersion 7generation:i 8creationTimestamp:T 9deletionTimestamp:T 10deletionGracePeriodSeconds:i? 11labels:s{} 12annotations:s{} 13ownerReferences:OwnerReference[] 14finalizers:s[] 17managedFields:ManagedFieldsEntry[]',
  'meta.v1.OwnerReference': '5apiVersion? 1kind? 3name? 4uid? 6controller:b? 7blockOwnerDeletion:b?',
  'meta.v1.PatchOptions': '1dryRun:s[] 2force:b? 3fieldManager 4fieldValidation',
  'meta.v1.Preconditions': '1uid? 2resourceVersion?',
  'meta.v1.ShardInfo': '1selector?',
  'meta.v1.TypeMeta': '1kind 2apiVersion',
  'meta.v1.UpdateOptions': '1dryRun:s[] 2fieldManager 3fieldValidation',
  'networking.v1.HTTPIngressPath': '1path 3pathType? 2backend:IngressBackend',
  'networking.v1.HTTPIngressRuleValue': '1paths:HTTPIngressPath[]',
  'networking.v1.IPAddress': '1metadata:ObjectMeta 2spec:IPAddressSpec',
  'networking.v1.IPAddressSpec': '1parentRef:ParentReference',
  'networking.v1.IPBlock': '1cidr? 2except:s[]',
  'networking.v1.Ingress': '1metadata:ObjectMeta 2spec:IngressSpec 3status:IngressStatus',
  'networking.v1.IngressBackend': '4service:IngressServiceBackend 3resource:core.v1.TypedLocalObjectReference',
  'networking.v1.IngressClass': '1metadata:ObjectMeta 2spec:IngressClassSpec',
  'networking.v1.IngressClassParametersReference': '1apiGroup? 2kind? 3name? 4scope? 5namespace?',
  'networking.v1.IngressClassSpec': '1controller 2parameters:IngressClassParametersReference',
  'networking.v1.IngressLoadBalancerIngress': '1ip 2hostname 4ports:IngressPortStatus[]',
  'networking.v1.IngressLoadBalancerStatus': '1ingress:IngressLoadBalancerIngress[]',
  'networking.v1.IngressPortStatus': '1port:i? 2protocol? 3error?',
  'networking.v1.IngressRule': '1host 2~:IngressRuleValue',
  'networking.v1.IngressRuleValue': '1http:HTTPIngressRuleValue',
  'networking.v1.IngressServiceBackend': '1name? 2port:ServiceBackendPort',
  'networking.v1.IngressSpec':
    '4ingressClassName? 1defaultBackend:IngressBackend 2tls:IngressTLS[] 3rules:IngressRule[]',
  'networking.v1.IngressStatus': '1loadBalancer:IngressLoadBalancerStatus',
  'networking.v1.IngressTLS': '1hosts:s[] 2secretName',
  'networking.v1.NetworkPolicy': '1metadata:ObjectMeta 2spec:NetworkPolicySpec',
  'networking.v1.NetworkPolicyEgressRule': '1ports:NetworkPolicyPort[] 2to:NetworkPolicyPeer[]',
  'networking.v1.NetworkPolicyIngressRule': '1ports:NetworkPolicyPort[] 2from:NetworkPolicyPeer[]',
  'networking.v1.NetworkPolicyPeer': '1podSelector:LabelSelector 2namespaceSelector:LabelSelector 3ipBlock:IPBlock',
  'networking.v1.NetworkPolicyPort': '1protocol? 2port:X 3endPort:i?',
  'networking.v1.NetworkPolicySpec':
    '1podSelector:LabelSelector 2ingress:NetworkPolicyIngressRule[] 3egress:NetworkPolicyEgressRule[] 4policyTypes:s[]',
  'networking.v1.ParentReference': '1group 2resource 3namespace 4name',
  'networking.v1.ServiceBackendPort': '1name 2number:i',
  'networking.v1.ServiceCIDR': '1metadata:ObjectMeta 2spec:ServiceCIDRSpec 3status:ServiceCIDRStatus',
  'networking.v1.ServiceCIDRSpec': '1cidrs:s[]',
  'networking.v1.ServiceCIDRStatus': '1conditions:Condition[]',
  'node.v1.Overhead': '1podFixed:Q{}',
  'node.v1.RuntimeClass': '1metadata:ObjectMeta 2handler? 3overhead:Overhead 4scheduling:Scheduling',
  'node.v1.Scheduling': '1nodeSelector:s{} 2tolerations:core.v1.Toleration[]',
  'policy.v1.Eviction': '1metadata:ObjectMeta 2deleteOptions:DeleteOptions',
  'policy.v1.PodDisruptionBudget':
    '1metadata:ObjectMeta 2spec:PodDisruptionBudgetSpec 3status:PodDisruptionBudgetStatus',
  'policy.v1.PodDisruptionBudgetSpec':
    '1minAvailable:X 2selector:LabelSelector 3maxUnavailable:X 4unhealthyPodEvictionPolicy?',
  'policy.v1.PodDisruptionBudgetStatus':
    '1observedGeneration:i 2disruptedPods:T{} 3disruptionsAllowed:i? 4currentHealthy:i? 5desiredHealthy:i? 6expectedPods:i? 7conditions:Condition[]',
  'rbac.v1.AggregationRule': '1clusterRoleSelectors:LabelSelector[]',
  'rbac.v1.ClusterRole': '1metadata:ObjectMeta 2rules:PolicyRule[] 3aggregationRule:AggregationRule',
  'rbac.v1.ClusterRoleBinding': '1metadata:ObjectMeta 2subjects:Subject[] 3roleRef:RoleRef',
  'rbac.v1.PolicyRule': '1verbs:s[] 2apiGroups:s[] 3resources:s[] 4resourceNames:s[] 5nonResourceURLs:s[]',
  'rbac.v1.Role': '1metadata:ObjectMeta 2rules:PolicyRule[]',
  'rbac.v1.RoleBinding': '1metadata:ObjectMeta 2subjects:Subject[] 3roleRef:RoleRef',
  'rbac.v1.RoleRef': '1apiGroup? 2kind? 3name?',
  'rbac.v1.Subject': '1kind? 2apiGroup 3name? 4namespace',
  'resource.v1.AllocatedDeviceStatus':
    '1driver? 2pool? 3device? 7shareID? 4conditions:Condition[] 5data:R 6networkData:NetworkDeviceData',
  'resource.v1.AllocationResult':
    '1devices:DeviceAllocationResult 3nodeSelector:core.v1.NodeSelector 5allocationTimestamp:T',
  'resource.v1.CELDeviceSelector': '1expression?',
  'resource.v1.CapacityRequestPolicy': '1default:Q 3validValues:Q[] 4validRange:CapacityRequestPolicyRange',
  'resource.v1.CapacityRequestPolicyRange': '1min:Q 2max:Q 3step:Q',
  'resource.v1.CapacityRequirements': '1requests:Q{}',
  'resource.v1.Counter': '1value:Q',
  'resource.v1.CounterSet': '1name? 2counters:Counter{}',
  'resource.v1.Device':
    '1name? 2attributes:DeviceAttribute{} 3capacity:DeviceCapacity{} 4consumesCounters:DeviceCounterConsumption[] 5nodeName? 6nodeSelector:core.v1.NodeSelector 7allNodes:b? 8taints:DeviceTaint[] 9bindsToNode:b? 10bindingConditions:s[] 11bindingFailureConditions:s[] 12allowMultipleAllocations:b? 13nodeAllocatableResourceMappings:NodeAllocatableResourceMapping{}',
  'resource.v1.DeviceAllocationConfiguration': '1source? 2requests:s[] 3~:DeviceConfiguration',
  'resource.v1.DeviceAllocationResult':
    '1results:DeviceRequestAllocationResult[] 2config:DeviceAllocationConfiguration[]',
  'resource.v1.DeviceAttribute': '2int:i? 3bool:b? 4string? 5version? 6ints:i[] 7bools:b[] 8strings:s[] 9versions:s[]',
  'resource.v1.DeviceCapacity': '1value:Q 2requestPolicy:CapacityRequestPolicy',
  'resource.v1.DeviceClaim':
    '1requests:DeviceRequest[] 2constraints:DeviceConstraint[] 3config:DeviceClaimConfiguration[]',
  'resource.v1.DeviceClaimConfiguration': '1requests:s[] 2~:DeviceConfiguration',
  'resource.v1.DeviceClass': '1metadata:ObjectMeta 2spec:DeviceClassSpec',
  'resource.v1.DeviceClassConfiguration': '1~:DeviceConfiguration',
  'resource.v1.DeviceClassSpec':
    '1selectors:DeviceSelector[] 2config:DeviceClassConfiguration[] 4extendedResourceName?',
  'resource.v1.DeviceConfiguration': '1opaque:OpaqueDeviceConfiguration',
  'resource.v1.DeviceConstraint': '1requests:s[] 2matchAttribute? 3distinctAttribute?',
  'resource.v1.DeviceCounterConsumption': '1counterSet? 2counters:Counter{}',
  'resource.v1.DeviceRequest': '1name? 2exactly:ExactDeviceRequest 3firstAvailable:DeviceSubRequest[]',
  'resource.v1.DeviceRequestAllocationResult':
    '1request? 2driver? 3pool? 4device? 5adminAccess:b? 6tolerations:DeviceToleration[] 7bindingConditions:s[] 8bindingFailureConditions:s[] 9shareID? 10consumedCapacity:Q{}',
  'resource.v1.DeviceSelector': '1cel:CELDeviceSelector',
  'resource.v1.DeviceSubRequest':
    '1name? 2deviceClassName? 3selectors:DeviceSelector[] 4allocationMode 5count:i 6tolerations:DeviceToleration[] 7capacity:CapacityRequirements',
  'resource.v1.DeviceTaint': '1key? 2value 3effect? 4timeAdded:T',
  'resource.v1.DeviceToleration': '1key 2operator 3value 4effect 5tolerationSeconds:i?',
  'resource.v1.ExactDeviceRequest':
    '1deviceClassName? 2selectors:DeviceSelector[] 3allocationMode 4count:i 5adminAccess:b? 6tolerations:DeviceToleration[] 7capacity:CapacityRequirements',
  'resource.v1.NetworkDeviceData': '1interfaceName 2ips:s[] 3hardwareAddress',
  'resource.v1.NodeAllocatableResourceMapping': '1capacityKey? 2allocationMultiplier:Q',
  'resource.v1.OpaqueDeviceConfiguration': '1driver? 2parameters:R',
  'resource.v1.ResourceClaim': '1metadata:ObjectMeta 2spec:ResourceClaimSpec 3status:ResourceClaimStatus',
  'resource.v1.ResourceClaimConsumerReference': '1apiGroup 3resource? 4name? 5uid?',
  'resource.v1.ResourceClaimSpec': '1devices:DeviceClaim',
  'resource.v1.ResourceClaimStatus':
    '1allocation:AllocationResult 2reservedFor:ResourceClaimConsumerReference[] 4devices:AllocatedDeviceStatus[]',
  'resource.v1.ResourceClaimTemplate': '1metadata:ObjectMeta 2spec:ResourceClaimTemplateSpec',
  'resource.v1.ResourceClaimTemplateSpec': '1metadata:ObjectMeta 2spec:ResourceClaimSpec',
  'resource.v1.ResourcePool': '1name? 2generation:i? 3resourceSliceCount:i?',
  'resource.v1.ResourceSlice': '1metadata:ObjectMeta 2spec:ResourceSliceSpec',
  'resource.v1.ResourceSliceSpec':
    '1driver? 2pool:ResourcePool 3nodeName? 4nodeSelector:core.v1.NodeSelector 5allNodes:b? 6devices:Device[] 7perDeviceNodeSelection:b? 8sharedCounters:CounterSet[]',
  'scheduling.v1.PriorityClass': '1metadata:ObjectMeta 2value:i? 3globalDefault:b 4description 5preemptionPolicy?',
  'storage.v1.CSIDriver': '1metadata:ObjectMeta 2spec:CSIDriverSpec',
  'storage.v1.CSIDriverSpec':
    '1attachRequired:b? 2podInfoOnMount:b? 3volumeLifecycleModes:s[] 4storageCapacity:b? 5fsGroupPolicy? 6tokenRequests:TokenRequest[] 7requiresRepublish:b? 8seLinuxMount:b? 9nodeAllocatableUpdatePeriodSeconds:i? 10serviceAccountTokenInSecrets:b? 11preventPodSchedulingIfMissing:b?',
  'storage.v1.CSINode': '1metadata:ObjectMeta 2spec:CSINodeSpec',
  'storage.v1.CSINodeDriver': '1name? 2nodeID? 3topologyKeys:s[] 4allocatable:VolumeNodeResources',
  'storage.v1.CSINodeSpec': '1drivers:CSINodeDriver[]',
  'storage.v1.CSIStorageCapacity':
    '1metadata:ObjectMeta 2nodeTopology:LabelSelector 3storageClassName? 4capacity:Q 5maximumVolumeSize:Q',
  'storage.v1.StorageClass':
    '1metadata:ObjectMeta 2provisioner? 3parameters:s{} 4reclaimPolicy? 5mountOptions:s[] 6allowVolumeExpansion:b? 7volumeBindingMode? 8allowedTopologies:core.v1.TopologySelectorTerm[]',
  'storage.v1.TokenRequest': '1audience? 2expirationSeconds:i?',
  'storage.v1.VolumeAttachment': '1metadata:ObjectMeta 2spec:VolumeAttachmentSpec 3status:VolumeAttachmentStatus',
  'storage.v1.VolumeAttachmentSource': '1persistentVolumeName? 2inlineVolumeSpec:core.v1.PersistentVolumeSpec',
  'storage.v1.VolumeAttachmentSpec': '1attacher? 2source:VolumeAttachmentSource 3nodeName?',
  'storage.v1.VolumeAttachmentStatus':
    '1attached:b? 2attachmentMetadata:s{} 3attachError:VolumeError 4detachError:VolumeError',
  'storage.v1.VolumeAttributesClass': '1metadata:ObjectMeta 2driverName? 3parameters:s{}',
  'storage.v1.VolumeError': '1time:T 2message 3errorCode:i?',
  'storage.v1.VolumeNodeResources': '1count:i?',
};
