import type { KubernetesObject } from "@kubernetes/client-node";
import { isTsbxError } from "@tsbx/core/driver";
import type { ApiClient } from "./client.ts";
import { CONFLICT, NOT_FOUND } from "./errors.ts";

/** A kind of objects that live in namespaces. */
export interface ResourceKind {
  /** Path of its API: `/apis/apps/v1`. */
  api: string;
  plural: string;
  /** For messages. */
  singular: string;
}

export interface DeleteOptions {
  /** Deletes only the object with this uid, not another one that has taken its name. */
  uid?: string;
  /** What happens to what it owns: gone before it, or at some time after it. */
  propagationPolicy?: "Foreground" | "Background";
}

/** The objects of one kind in the namespace that the client works in. */
export class Resources<T extends KubernetesObject> {
  readonly #client: ApiClient;
  readonly #kind: ResourceKind;

  constructor(client: ApiClient, kind: ResourceKind) {
    this.#client = client;
    this.#kind = kind;
  }

  /** @returns undefined when there is none of that name */
  async get(name: string, signal: AbortSignal): Promise<T | undefined> {
    const { singular } = this.#kind;
    const request = {
      method: "GET",
      path: await this.#path(name, signal),
      action: `read ${singular} ${name}`,
    } as const;
    return unless(NOT_FOUND, this.#client.json<T>(request, signal));
  }

  /** @param query `labelSelector` or `fieldSelector` */
  async list(query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<readonly T[]> {
    const path = await this.#path(undefined, signal);
    const action = `list ${this.#kind.plural}`;
    const { items } = await this.#client.json<{ items: T[] }>({ method: "GET", path, query, action }, signal);
    return items;
  }

  /** @returns the object as it was made, undefined when the name is taken */
  async create(object: T, signal: AbortSignal): Promise<T | undefined> {
    const path = await this.#path(undefined, signal);
    const action = `create ${this.#kind.singular} ${object.metadata!.name}`;
    return unless(CONFLICT, this.#client.json<T>({ method: "POST", path, body: object, action }, signal));
  }

  async replace(object: T, signal: AbortSignal): Promise<void> {
    const name = object.metadata!.name!;
    const action = `update ${this.#kind.singular} ${name}`;
    const path = await this.#path(name, signal);
    await this.#client.json({ method: "PUT", path, body: object, action }, signal);
  }

  /** Begins to delete an object; one that is not there is no error. */
  async delete(name: string, { uid, propagationPolicy }: DeleteOptions, signal: AbortSignal): Promise<void> {
    const body = {
      apiVersion: "v1",
      kind: "DeleteOptions",
      ...(uid && { preconditions: { uid } }),
      ...(propagationPolicy && { propagationPolicy }),
    };
    const action = `delete ${this.#kind.singular} ${name}`;
    const path = await this.#path(name, signal);
    const deleted = unless(NOT_FOUND, this.#client.json({ method: "DELETE", path, body, action }, signal));
    // An object of that name with another uid is in conflict.
    await (uid === undefined ? deleted : unless(CONFLICT, deleted));
  }

  async #path(name: string | undefined, signal: AbortSignal): Promise<string> {
    const { api, plural } = this.#kind;
    const namespace = encodeURIComponent(await this.#client.namespace(signal));
    const collection = `${api}/namespaces/${namespace}/${plural}`;
    return name === undefined ? collection : `${collection}/${encodeURIComponent(name)}`;
  }
}

/** What a request answers; undefined when it is refused with this code. */
async function unless<T>(code: string, answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isTsbxError(error) && error.code === code) return undefined;
    throw error;
  }
}
