/** When Docker starts a container again. */
export interface RestartPolicy {
  Name: string;
  MaximumRetryCount: number;
}

const NAMES = ["no", "always", "on-failure", "unless-stopped"];

/** Reads `no`, `always`, `unless-stopped`, `on-failure` or `on-failure:5`; undefined when it is none. */
export function restartPolicy(text: string): RestartPolicy | undefined {
  const [name = "", count, ...rest] = text.split(":");
  if (!NAMES.includes(name) || rest.length > 0) return undefined;
  if (count === undefined) return { Name: name, MaximumRetryCount: 0 };
  return name === "on-failure" && /^\d+$/.test(count)
    ? { Name: name, MaximumRetryCount: Number(count) }
    : undefined;
}
