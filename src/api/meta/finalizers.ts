/** Held until nothing depends on the object that blocks its deletion; the garbage collector takes it away. */
export const FOREGROUND_FINALIZER = 'foregroundDeletion';
/** Held until the object's dependents have forgotten it; the garbage collector takes it away. */
export const ORPHAN_FINALIZER = 'orphan';
