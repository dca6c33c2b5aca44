import type { NodeRequest } from "@tsbx/core";
import type { Driver, DriverContext } from "@tsbx/core/driver";

/** What to test, and with which real thing. */
export interface ConformanceOptions {
  driver: Driver;
  /**
   * The node to test with. It belongs to the suite: a driver that starts it sees it started, stopped and
   * removed, several times. A second one, with `-config` after both names, is made beside it.
   */
  node: NodeRequest;
  /** Default: an empty environment, and a state directory inside {@link temporaryDirectory}. */
  context?: Partial<DriverContext>;
  /** An existing directory that the suite may write into; it leaves nothing there. */
  temporaryDirectory: string;
  /**
   * Whether `boot` starts what `remove` removes, rather than finding what others run.
   * Default: whether the driver declares the capability `buildkitConfig: "yes"`.
   */
  managed?: boolean;
  /** Whether the build cache outlives `remove` with `keepState`. Default: {@link managed}. */
  keepsState?: boolean;
  /** What of the node has to be other than in {@link node} so that no daemon answers there. */
  unreachable?: Partial<Pick<NodeRequest, "endpoint" | "options">>;
  /** Option values that the driver's own checks refuse, by option, on top of those of the wrong type. */
  badOptions?: Readonly<Record<string, string>>;
  /** How to see what is in the image store that `--load` fills, where the driver has one. */
  localImages?: LocalImages;
  /** Names what is still there of the node (containers, volumes, pods, processes); asked after `remove`. */
  leftovers?(signal: AbortSignal): Promise<readonly string[]>;
}

/** An image store as its owner sees it. */
export interface LocalImages {
  has(reference: string, signal: AbortSignal): Promise<boolean>;
  remove(reference: string, signal: AbortSignal): Promise<void>;
}

/** One case of the suite, for a test of any runner. */
export interface ConformanceCase {
  name: string;
  /** Rejects with an assertion error when the driver does not conform. Default: a signal that never aborts. */
  run(signal?: AbortSignal): Promise<void>;
}
