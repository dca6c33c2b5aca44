import type { Fields } from "./fields.ts";
import type { Completion, ValueKind } from "./kinds.ts";

const BOOLEAN = ["true", "false"];
const ANY: Completion = [];

const COMPRESSION = {
  compression: ["gzip", "zstd", "estargz", "uncompressed"],
  "compression-level": ANY,
  "force-compression": BOOLEAN,
  "oci-mediatypes": BOOLEAN,
};

const IMAGE = {
  ...COMPRESSION,
  name: ANY,
  "annotation.": ANY,
  "name-canonical": BOOLEAN,
  "oci-artifact": BOOLEAN,
  "prefer-nondist-layers": BOOLEAN,
  "rewrite-timestamp": BOOLEAN,
};

const STORED_IMAGE = {
  ...IMAGE,
  push: BOOLEAN,
  "push-by-digest": BOOLEAN,
  "registry.insecure": BOOLEAN,
  store: BOOLEAN,
  unpack: BOOLEAN,
  "dangling-name-prefix": ANY,
};

const FILES = { "platform-split": BOOLEAN, "attestation-prefix": ANY };

const GHA = { scope: ANY, token: ANY, url: ANY, url_v2: ANY, version: ["1", "2"], timeout: ANY };
const S3 = {
  ...{ bucket: ANY, region: ANY, name: ANY, prefix: ANY, blobs_prefix: ANY, manifests_prefix: ANY },
  ...{ endpoint_url: ANY, use_path_style: BOOLEAN, touch_refresh: ANY, upload_parallelism: ANY },
  ...{ access_key_id: ANY, secret_access_key: ANY, session_token: ANY },
};
const AZBLOB = {
  ...{ account_url: ANY, account_name: ANY, container: ANY, secret_access_key: ANY },
  ...{ name: ANY, prefix: ANY, blobs_prefix: ANY, manifests_prefix: ANY },
};
const REGISTRY = { ref: ANY, "registry.insecure": BOOLEAN };
const EXPORT = { mode: ["min", "max"], "ignore-error": BOOLEAN };
const PACKED = { ...EXPORT, ...COMPRESSION, "image-manifest": BOOLEAN };

/** The values that are fields, with what these can be. */
export const FIELD_TABLES: Readonly<Partial<Record<ValueKind, Fields>>> = {
  attestation: {
    keys: { disabled: BOOLEAN },
    types: {
      provenance: { mode: ["min", "max"], version: ["v1", "v0.2"], "builder-id": ANY, reproducible: BOOLEAN },
      sbom: { generator: ANY },
    },
  },
  "cache-from": {
    keys: {},
    types: {
      registry: REGISTRY,
      local: { src: "directory", tag: ANY, digest: ANY },
      gha: GHA,
      s3: S3,
      azblob: AZBLOB,
    },
  },
  "cache-to": {
    keys: {},
    types: {
      registry: { ...REGISTRY, ...PACKED },
      local: { dest: "directory", tag: ANY, reset: BOOLEAN, ...PACKED },
      inline: {},
      gha: { ...GHA, ...EXPORT },
      s3: { ...S3, ...EXPORT },
      azblob: { ...AZBLOB, ...EXPORT },
    },
  },
  output: {
    alone: "directory",
    keys: {},
    types: {
      local: { dest: "directory", mode: ["copy", "delete"], ...FILES },
      tar: { dest: "file", ...FILES },
      oci: { dest: "file", tar: BOOLEAN, ...IMAGE },
      docker: { dest: "file", tar: BOOLEAN, context: ANY, ...IMAGE },
      image: STORED_IMAGE,
      registry: STORED_IMAGE,
      cacheonly: {},
    },
  },
  policy: {
    keys: {
      filename: "file",
      reset: BOOLEAN,
      disabled: BOOLEAN,
      strict: BOOLEAN,
      "log-level": ["panic", "fatal", "error", "warn", "info", "debug", "trace"],
    },
  },
  secret: { keys: { id: ANY, src: "file", env: ANY, type: ["file", "env"] } },
};
