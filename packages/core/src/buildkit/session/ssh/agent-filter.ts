import { Transform, type TransformCallback } from "node:stream";
import { AgentMessages } from "./agent-messages.ts";
import { wireString } from "./wire.ts";

/** Requests of the SSH agent protocol (draft-miller-ssh-agent) that only use keys. */
const REQUEST_IDENTITIES = 11;
const SIGN_REQUEST = 13;
const FAILURE = wireString(Buffer.from([5]));

/**
 * Lets through what lists keys and signs with them, and answers everything else with a failure: a build may
 * use the user's agent, not change it.
 */
export class AgentFilter extends Transform {
  readonly #messages = new AgentMessages();
  readonly #refuse: (answer: Buffer) => void;

  constructor(refuse: (answer: Buffer) => void) {
    super();
    this.#refuse = refuse;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    try {
      for (const message of this.#messages.push(chunk)) {
        if (message[0] === REQUEST_IDENTITIES || message[0] === SIGN_REQUEST) this.push(wireString(message));
        else this.#refuse(FAILURE);
      }
      done();
    } catch (error) {
      done(error as Error);
    }
  }
}
