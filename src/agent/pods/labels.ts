/**
 * Labels the pod worker puts on containers and reads back: what a restarted agent must know of a container and the engine
 * does not keep by itself.
 */

/** Which sandbox a container was made for (the ecosystem's own label): after the sandbox died its containers are strangers. */
export const SANDBOX_ID = 'io.kubernetes.sandbox.id';
/** The restart back-off, in seconds, that holds once this container has ended. Absent on the first. */
export const BACK_OFF_SECONDS = 'io.bramble.back-off-seconds';
/** The boot (`bootOfMachine`) in which that back-off was decided. */
export const BACK_OFF_BOOT = 'io.bramble.back-off-boot';
/** The image by digest (`docker-pullable://nginx@sha256:...`): the status' imageID. */
export const IMAGE_REFERENCE = 'io.bramble.image-reference';
