/** The drivers that tsbx's own packages provide, each `@tsbx/driver-NAME`. */
export const OWN_DRIVERS: readonly string[] = [
  "buildkitd",
  "docker",
  "docker-container",
  "kubernetes",
  "remote",
];
