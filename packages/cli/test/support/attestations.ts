import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";
import type { Descriptor, OciContent } from "./oci.ts";

/** An in-toto statement. */
export interface Statement {
  _type: string;
  predicateType: string;
  subject: Array<{ name: string; digest: Record<string, string> }>;
  predicate: Record<string, unknown>;
}

/** What is attested of one image. */
export interface Attested {
  platform: string;
  /** The image's manifest. */
  digest: string;
  /** Of the manifest that leads to the statements. */
  artifactType?: string;
  statements: Statement[];
}

const MEDIA_TYPE = "application/vnd.in-toto+json";

interface Manifest {
  config: Descriptor;
  artifactType?: string;
  layers: Descriptor[];
}

/** The attestations of each image that an index leads to, none for those that have none. */
export function attestationsOf(content: OciContent): Attested[] {
  const all = content.index.manifests.flatMap((each) => manifests(each, content));
  return all
    .filter(({ descriptor }) => !isAttestation(descriptor))
    .map(({ descriptor: { digest }, manifest }) => {
      const { os, architecture } = JSON.parse(String(content.blob(manifest.config)));
      const found = all.filter(({ descriptor }) => isAttestation(descriptor, digest));
      if (found.length > 1) throw new Error(`${digest} has ${found.length} attestation manifests`);
      const { artifactType, layers = [] } = found[0]?.manifest ?? {};
      const statements = layers.map((layer) => readStatement(layer, content));
      return { platform: `${os}/${architecture}`, digest, ...(artifactType && { artifactType }), statements };
    });
}

function manifests(
  descriptor: Descriptor,
  content: OciContent,
): Array<{ descriptor: Descriptor; manifest: Manifest }> {
  const document = JSON.parse(String(content.blob(descriptor)));
  if (!document.manifests) return [{ descriptor, manifest: document }];
  return (document.manifests as Descriptor[]).flatMap((each) => manifests(each, content));
}

function isAttestation({ annotations }: Descriptor, of?: string): boolean {
  return (
    annotations?.["vnd.docker.reference.type"] === "attestation-manifest" &&
    (of === undefined || annotations["vnd.docker.reference.digest"] === of)
  );
}

function readStatement(layer: Descriptor, content: OciContent): Statement {
  const statement: Statement = JSON.parse(String(content.blob(layer)));
  const said = layer.annotations?.["in-toto.io/predicate-type"];
  if (layer.mediaType === MEDIA_TYPE && said === statement.predicateType) return statement;
  throw new Error(`${layer.mediaType} of ${said} is a statement of ${statement.predicateType}`);
}

const SCHEMAS: Readonly<Record<string, string>> = {
  "https://slsa.dev/provenance/v0.2": "slsa-provenance-v0.2",
  "https://slsa.dev/provenance/v1": "slsa-provenance-v1",
  "https://spdx.dev/Document": "spdx-2.3",
};
const ajv = new Ajv({ allErrors: true, strictRequired: false, strictTypes: false });
const validators = new Map<string, ValidateFunction>();

/** What is wrong with a statement by its schema, and by its predicate's. */
export function faults(statement: Statement): string[] {
  const schema = SCHEMAS[statement.predicateType];
  if (!schema) return [`no schema for ${statement.predicateType}`];
  return [...schemaFaults("in-toto-statement", statement), ...schemaFaults(schema, statement.predicate)];
}

/** What is wrong with a document by one of the schemas in `schemas/`. */
export function schemaFaults(name: string, document: unknown): string[] {
  let validate = validators.get(name);
  if (!validate) {
    const file = new URL(`../schemas/${name}.schema.json`, import.meta.url);
    validate = ajv.compile(JSON.parse(readFileSync(file, "utf8")));
    validators.set(name, validate);
  }
  validate(document);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${name}: ${instancePath} ${message}`);
}
