/** The names that storage is talked of in: annotations and finalizers as kube-controller-manager and kube-scheduler write them. */

export const LOCAL_PATH = 'bramble.dev/local-path';
/** Binds by hand-made volumes alone. */
export const NO_PROVISIONER = 'kubernetes.io/no-provisioner';

export const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class';
/** The node whose folder a volume is. */
export const VOLUME_NODE = 'bramble.dev/node';
/** On a node: the folder where it keeps such volumes. */
export const VOLUMES_FOLDER = 'bramble.dev/volumes';
export const SELECTED_NODE = 'volume.kubernetes.io/selected-node';
export const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed';
export const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller';
export const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by';
export const STORAGE_PROVISIONER = 'volume.kubernetes.io/storage-provisioner';

export const CLAIM_PROTECTION = 'kubernetes.io/pvc-protection';
export const VOLUME_PROTECTION = 'kubernetes.io/pv-protection';
/** On volumes that this cluster made: they stay until their node has taken the folder away. */
export const FOLDER_FINALIZER = 'bramble.dev/local-volume';
