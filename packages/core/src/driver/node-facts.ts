import type { Worker } from "../buildkit/control/records.ts";
import type { Capabilities } from "../capability/capability.ts";

/** What a node's probe may ask the running daemon. */
export interface NodeProbe {
  /** The daemon's workers, with their labels and platforms. */
  workers(): Promise<readonly Worker[]>;
}

/** What only a running node can tell. */
export interface NodeFacts {
  /** Merged over the driver's declaration. */
  capabilities?: Partial<Capabilities>;
  /** The exporter into the daemon's own image store. Default: `image`. */
  imageExporter?: string;
  /** Attributes that images for that store get on top. */
  imageAttrs?: Readonly<Record<string, string>>;
  /** Frontend attributes of every build; what the build itself asks for wins. */
  frontendAttrs?: Readonly<Record<string, string>>;
  /** Who pushes an image: the daemon's `buildkit` as it exports, or the node's `push` afterwards. Default: `buildkit`. */
  pushes?: "buildkit" | "node";
  /** The address that `host-gateway` stands for in `--add-host`. */
  hostGateway?: string;
}
