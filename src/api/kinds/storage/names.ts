/** Makes the volumes of the built-in class. */
export const LOCAL_PATH = 'bramble.dev/local-path';
export const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class';
