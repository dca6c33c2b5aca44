/** Label with the workload's name, by which its pods are found. */
export const APP_LABEL = "app";
/** Annotation with the platforms that the node was created for. */
export const PLATFORM_ANNOTATION = "buildx.docker.com/platform";
